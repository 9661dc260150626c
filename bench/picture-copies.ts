/**
 * What it saves fine-tuning to decode smaller copies of pictures that take long: milliseconds for a varied view of each
 * picture, from its file and from its copy in turn, and for the copy itself.
 *
 *     npm run bench:picture-copies -- FILE… [--views 20]
 *
 * A table goes to stdout.
 */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { knownModels } from '../src/catalog/known.js'
import { stronglyVariedView } from '../src/image/augment.js'
import { loadImage } from '../src/image/decode.js'
import { lookAt } from '../src/image/look.js'
import { reducedPicture } from '../src/image/reduced.js'
import { markdown } from './shared/table.js'
import { median } from './speed/rounds.js'

const { values, positionals } = parseArgs({
  options: { views: { type: 'string', default: '20' } },
  allowPositionals: true,
})
const { preprocess } = knownModels.find(({ name }) => name === 'inception-v3')!
const rows: string[][] = []
for (const file of positionals) {
  const bytes = await readFile(file)
  const making: number[] = []
  const copy = await timed(making, () => reducedPicture(bytes, 2 * preprocess.width))
  const [own, ofCopy]: [number[], number[]] = [[], []]
  for (let i = 0; i < Number(values.views); i++) {
    const view = stronglyVariedView(0, file, i)
    await timed(own, () => loadImage(bytes, preprocess, view))
    if (copy) await timed(ofCopy, () => loadImage(copy, preprocess, view))
  }
  const { width, height, format } = (await lookAt(file))!
  const ofCopyCells = copy
    ? [median(ofCopy).toFixed(1), making[0]!.toFixed(0), (copy.length / 1000).toFixed(0)]
    : ['none', '–', '–']
  rows.push([basename(file), format, `${width} x ${height}`, median(own).toFixed(1), ...ofCopyCells])
}
const columns = ['picture', 'format', 'size', 'ms a view', 'from the copy', 'ms to make it', 'kB']
console.log(markdown({ title: 'Copies of pictures', columns, rows }))

async function timed<T>(into: number[], work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  const result = await work()
  into.push(performance.now() - start)
  return result
}
