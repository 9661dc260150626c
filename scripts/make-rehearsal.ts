/**
 * Makes the rehearsal pack that ships for the default model: the features of one photograph for each ImageNet class.
 *
 *     npm run build && node dist/scripts/make-rehearsal.js DIR
 *
 * DIR holds photographs named by WordNet id (n01440764.jpg …). Only features are kept; no picture can be had back from them.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { openStore } from '../src/bottleneck/store.js'
import { encodeRehearsalPack } from '../src/bundle/rehearsal-pack.js'
import { writeFileAtomic } from '../src/core/atomic-write.js'
import { listImages } from '../src/image/folder.js'
import { knownBackbone } from '../src/model/backbone.js'
import { cacheFolder } from '../src/model/cache-folder.js'
import { openWorkerSession } from '../src/runtime/worker-session.js'
import { tableOf } from '../src/workflow/features.js'
import { rehearsalPackFile } from '../src/workflow/rehearsal.js'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: node dist/scripts/make-rehearsal.js DIR')

const cacheDir = cacheFolder({
  home: homedir(),
  nplusk: process.env['NPLUSK_CACHE_DIR'],
  xdg: process.env['XDG_CACHE_HOME'],
})
const backbone = await knownBackbone('inception-v3', { cacheDir })
const classOfWnid = new Map(backbone.classes.map(({ wnid }, i) => [wnid, i]))
const images = (await listImages(folder)).map((file) => {
  const label = classOfWnid.get(/n\d{8}/.exec(basename(file))?.[0])
  if (label === undefined) throw new Error(`${file} is not named by a WordNet id`)
  return { file, label }
})
const scratch = await mkdtemp(join(tmpdir(), 'nplusk-rehearsal-'))
const store = openStore(scratch)
const session = await openWorkerSession(backbone.graph)
try {
  const extractor = { session, store, preprocess: backbone.preprocess, backbone: backbone.graphHash }
  const { table } = await tableOf(extractor, images, { stage: 'rehearse', dim: backbone.dim, augment: 1, seed: 0 })
  const pack = encodeRehearsalPack(table, backbone.sha256, {
    model: backbone.name,
    preprocess: JSON.stringify(backbone.preprocess),
    origin: 'features of one ImageNet training photograph per class and its mirror image; see assets/README.md',
  })
  const file = rehearsalPackFile(backbone)
  await writeFileAtomic(file, pack)
  console.log(`${file}: ${table.count} rows of ${table.dim}, ${(pack.length / 1e6).toFixed(1)} MB`)
} finally {
  await session.close()
  await store.close()
  await rm(scratch, { recursive: true, force: true })
}
