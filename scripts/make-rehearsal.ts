/**
 * Makes the rehearsal pack that ships for the default model: the features of one photograph for each ImageNet class.
 *
 *     npm run build && node dist/scripts/make-rehearsal.js DIR
 *
 * DIR holds photographs named by WordNet id (n01440764.jpg …). Only features are kept; no picture can be had back from
 * them.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeFileAtomic } from '../src/core/atomic-write.js'
import { knownBackbone } from '../src/classifier/known-backbone.js'
import { cacheFolder } from '../src/catalog/cache-folder.js'
import { packOf } from '../src/rehearsal/make-pack.js'
import { rehearsalPackFile } from '../src/rehearsal/rehearsal.js'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: node dist/scripts/make-rehearsal.js DIR')

const cacheDir = cacheFolder({
  home: homedir(),
  nplusk: process.env['NPLUSK_CACHE_DIR'],
  xdg: process.env['XDG_CACHE_HOME'],
})
const backbone = await knownBackbone('inception-v3', { cacheDir })
const bottlenecks = await mkdtemp(join(tmpdir(), 'nplusk-rehearsal-'))
try {
  const { pack, table } = await packOf(
    folder,
    backbone,
    { cacheDir: bottlenecks, device: 'cpu' },
    {
      origin: 'features of one ImageNet training photograph per class; see assets/README.md',
    },
  )
  if (table.label.includes(-1)) throw new Error(`an image in ${folder} is not named by a WordNet id`)
  const file = rehearsalPackFile(backbone)
  await writeFileAtomic(file, pack)
  console.log(`${file}: ${table.count} rows of ${table.dim}, ${(pack.length / 1e6).toFixed(1)} MB`)
} finally {
  await rm(bottlenecks, { recursive: true, force: true })
}
