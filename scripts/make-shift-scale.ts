/**
 * Measures the sets that domain shift is compared with, and prints them as they stand in src/advice/known-shifts.ts.
 *
 *     npm run build && node dist/scripts/make-shift-scale.js DATA
 *
 * DATA holds the folders named below; docs/results.md says where they come from. The drawings are those in fixtures/.
 */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { domainShift } from '../src/advice/domain-shift.js'
import { cacheFolder } from '../src/catalog/cache-folder.js'
import { baseHead } from '../src/classifier/base-head.js'
import { knownBackbone } from '../src/classifier/known-backbone.js'
import { openExtractor } from '../src/features/extractor.js'
import { folderRehearsal, openRehearsal } from '../src/rehearsal/rehearsal.js'

const [data] = process.argv.slice(2)
if (data === undefined) throw new Error('usage: node dist/scripts/make-shift-scale.js DATA')

const sets = [
  ["photographs of ImageNet's classes", join(data, 'imagenet-test')],
  ['photographs of flowers', join(data, 'flowers/train')],
  ['textures', join(data, 'textures/train')],
  ['pieces of waste on white', join(data, 'materials/train')],
  ['playing cards', join(data, 'cards/train')],
  ['drawings of flowers', fileURLToPath(new URL('../../fixtures/flowers/', import.meta.url))],
] as const

const cacheDir = cacheFolder({
  home: homedir(),
  nplusk: process.env['NPLUSK_CACHE_DIR'],
  xdg: process.env['XDG_CACHE_HOME'],
})
const backbone = await knownBackbone('inception-v3', { cacheDir })
await using extractor = await openExtractor(backbone, { cacheDir, device: 'cpu' })
const plain = { augment: 0, seed: 0 }
const old = (await openRehearsal('builtin', backbone, undefined, extractor, plain))!
const settings = { bottleneck: baseHead(backbone)!.size, model: backbone.sha256 }

const measured = []
for (const [name, folder] of sets) {
  const { table } = await folderRehearsal(folder, backbone, extractor, plain)
  const { distance, unsureness } = await domainShift(table, old.table, settings)
  measured.push({ name, distance: Number(distance.toFixed(4)), unsureness: Number(unsureness.toFixed(3)) })
}
measured.sort((a, b) => a.distance - b.distance)
console.log(`'${backbone.sha256}': [`)
for (const { name, distance, unsureness } of measured)
  console.log(`  { name: ${JSON.stringify(name)}, distance: ${distance}, unsureness: ${unsureness} },`)
console.log('],')
