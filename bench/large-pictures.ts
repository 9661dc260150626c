/**
 * What it changes that large pictures are made smaller while they are decoded: time, pixels and the answers of the
 * default model, beside the same pictures decoded in full.
 *
 *     npm run bench:large-pictures -- [--data DIR] [--count 50] [--cache-dir DIR]
 *
 * The large pictures are JPEGs in memory, made of photographs of DIR/imagenet-test in two ways: one photograph made
 * larger, which has an answer but little detail, and a collage of many at their own size, which has all the detail
 * there can be. A table goes to stdout.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { loadImage } from '../src/image/decode.js'
import { listImages } from '../src/folders/folder.js'
import { render } from '../src/image/render.js'
import { plainView, type Preprocess } from '../src/image/types.js'
import { argMax, logSumExp } from '../src/math/softmax.js'
import { fetchKnownModel } from '../src/catalog/fetch-model.js'
import { openSession, type Session } from '../src/runtime/session.js'
import { usualCacheDir } from './shared/cache-dir.js'
import { markdown } from './shared/table.js'
import { median } from './speed/rounds.js'

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    count: { type: 'string', default: '50' },
    'cache-dir': { type: 'string' },
  },
})
const count = Number(values.count)
const photographs = await listImages(join(values.data, 'imagenet-test'))
const { file, known } = await fetchKnownModel('inception-v3', {
  cacheDir: values['cache-dir'] ?? usualCacheDir(process.env),
})
const session = await openSession(file)
const sizes = [
  [3264, 2448],
  [4032, 3024],
  [6000, 4000],
] as const
const rows: string[][] = []
try {
  for (const [kind, make] of Object.entries({ enlarged, collage })) {
    for (const [width, height] of sizes)
      rows.push([kind, `${width} x ${height}`, ...(await compare(make, width, height))])
  }
} finally {
  await session.close()
}
console.log(
  markdown({
    title: `Large pictures, ${count} of each`,
    columns: [
      'picture',
      'size',
      'ms',
      'ms in full',
      'pixels differ by',
      'at most',
      'same answer',
      'probability differs by',
      'at most',
    ],
    rows,
  }),
)

type Maker = (at: number, width: number, height: number) => Promise<Uint8Array>

async function compare(make: Maker, width: number, height: number): Promise<string[]> {
  const seconds = { shrunk: [] as number[], full: [] as number[] }
  const pixelSteps: number[] = []
  const largestSteps: number[] = []
  const probabilityChanges: number[] = []
  let same = 0
  for (let i = 0; i < count; i++) {
    const bytes = await make(i, width, height)
    const shrunk = await timed(seconds.shrunk, () => loadImage(bytes, known.preprocess))
    const full = await timed(seconds.full, () => loadInFull(bytes, known.preprocess))
    const steps = shrunk.map((value, k) => Math.abs(value - full[k]!))
    pixelSteps.push(steps.reduce((sum, step) => sum + step, 0) / steps.length)
    largestSteps.push(steps.reduce((most, step) => Math.max(most, step), 0))
    const [one, other] = [await probabilities(session, shrunk), await probabilities(session, full)]
    probabilityChanges.push(one.reduce((most, value, k) => Math.max(most, Math.abs(value - other[k]!)), 0))
    if (argMax(one) === argMax(other)) same++
    process.stderr.write(`${i + 1} of ${count}, ${width} x ${height}\r`)
  }
  return [
    median(seconds.shrunk).toFixed(0),
    median(seconds.full).toFixed(0),
    mean(pixelSteps).toFixed(2),
    String(Math.max(...largestSteps)),
    `${same} of ${count}`,
    mean(probabilityChanges).toFixed(3),
    Math.max(...probabilityChanges).toFixed(3),
  ]
}

/** One photograph made larger, its middle where the shape differs. */
async function enlarged(at: number, width: number, height: number): Promise<Uint8Array> {
  const bytes = await readFile(photographs[at]!)
  return sharp(bytes).resize(width, height, { fit: 'cover', kernel: 'lanczos3' }).jpeg({ quality: 90 }).toBuffer()
}

/** Photographs side by side at their own size. */
async function collage(at: number, width: number, height: number): Promise<Uint8Array> {
  const side = 299
  const [columns, lines] = [Math.ceil(width / side), Math.ceil(height / side)]
  const tiles = Array.from({ length: columns * lines }, (_, i) => ({
    input: photographs[(at * 7 + i) % photographs.length]!,
    left: (i % columns) * side,
    top: Math.floor(i / columns) * side,
  }))
  const background = { width: columns * side, height: lines * side, channels: 3, background: 'black' } as const
  const whole = await sharp({ create: background }).composite(tiles).raw().toBuffer()
  return sharp(whole, { raw: background }).extract({ left: 0, top: 0, width, height }).jpeg({ quality: 90 }).toBuffer()
}

/** What `loadImage` does, without making the picture smaller on the way. */
async function loadInFull(bytes: Uint8Array, preprocess: Preprocess): Promise<Uint8Array> {
  const { data, info } = await sharp(bytes).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
  const [plain] = await render({ data, width: info.width, height: info.height }, preprocess, [plainView])
  return plain!
}

async function probabilities(from: Session, data: Uint8Array): Promise<Float32Array> {
  const { width, height } = known.preprocess
  const { logits } = await from.run({ image: { dims: [1, height, width, 3], data } }, ['logits'])
  const scores = logits!.data as Float32Array
  const total = logSumExp(scores)
  return scores.map((score) => Math.exp(score - total))
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length
}

async function timed<T>(into: number[], work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  const result = await work()
  into.push(performance.now() - start)
  return result
}
