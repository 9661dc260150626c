/**
 * Whether the precisions agree: top-1 of the default model, or of a bundle, as int8, float32 and float16 on
 * photographs, on the CPU, and as float16 on CUDA where `--device cuda` asks for it.
 *
 *     npm run bench:precision -- [--model BUNDLE] [--images DIR] [--limit N] [--device cpu|cuda] [--cache-dir DIR]
 *
 * Folders in DIR name their class by WordNet id or by an added class's folder.
 * float16 is taken twice: as this machine's CPU runs the graph, which rounds the weights alone, and with every result
 * rounded, as a GPU computes. A table goes to stdout, progress to stderr.
 */
import { parseArgs } from 'node:util'
import { columnsOf } from '../src/bundle/columns.js'
import { openBundle } from '../src/bundle/bundle.js'
import { batches } from '../src/core/batches.js'
import { prefetch } from '../src/core/prefetch.js'
import { loadImage } from '../src/image/decode.js'
import { listClasses } from '../src/folders/folder.js'
import type { Preprocess } from '../src/image/types.js'
import { argMax } from '../src/math/softmax.js'
import { knownBackbone } from '../src/classifier/known-backbone.js'
import { tensorNames } from '../src/backbone/tensor-names.js'
import { decodeModel, encodeModel } from '../src/onnx/model.js'
import { toPrecision } from '../src/precision/convert.js'
import { openSession } from '../src/runtime/session.js'
import { usualCacheDir } from './shared/cache-dir.js'
import { relaunchForCuda } from './shared/relaunch-for-cuda.js'
import { markdown, share } from './shared/table.js'
import { roundActivations } from './precision/round-activations.js'

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    images: { type: 'string', default: '../shared/data/imagenet-test' },
    limit: { type: 'string', default: '1000' },
    device: { type: 'string', default: 'cpu' },
    'cache-dir': { type: 'string' },
  },
})
const cacheDir = values['cache-dir'] ?? usualCacheDir(process.env)
const withCuda = values.device === 'cuda'
if (withCuda) await relaunchForCuda(cacheDir)

const subject = values.model === undefined ? await baseModel() : await extendedModel(values.model)
const images = (await listClasses(values.images))
  .flatMap(({ label, files }) => files.map((file) => ({ file, label: subject.columns.get(label) ?? -1 })))
  .slice(0, Number(values.limit))

const graph = decodeModel(subject.graph)
const half = toPrecision(graph, 'float16')
const forms = {
  int8: graph,
  float32: toPrecision(graph, 'float32'),
  'float16, weights rounded': half,
  'float16, every result rounded': roundActivations(half),
}
const sessions = await Promise.all(Object.values(forms).map((form) => openSession(encodeModel(form))))
if (withCuda) sessions.push(await openSession(encodeModel(half), 'cuda'))
const names = [...Object.keys(forms), ...(withCuda ? ['float16 on CUDA'] : [])]
const { width, height } = subject.preprocess
/** [form][image] */
const answers: number[][] = names.map(() => [])
/** [form] sum and maximum of |difference from float32| over all logits */
const differences = names.map(() => ({ sum: 0, most: 0, count: 0 }))

const decoded = prefetch(batches(images, 8, 1000), 2, (batch) =>
  Promise.all(batch.map(({ file }) => loadImage(file, subject.preprocess))),
)
for await (const result of decoded) {
  if ('error' in result) throw result.error
  const pixels = result.value
  const data = new Uint8Array(Buffer.concat(pixels))
  const input = { [tensorNames.image]: { dims: [pixels.length, height, width, 3], data } }
  const logits: Float32Array[] = []
  for (const session of sessions) {
    const outputs = await session.run(input, [subject.logits])
    logits.push(outputs[subject.logits]!.data as Float32Array)
  }
  const classes = logits[0]!.length / pixels.length
  logits.forEach((own, form) => {
    for (let i = 0; i < pixels.length; i++) answers[form]!.push(argMax(own, i * classes, classes))
    const exact = logits[names.indexOf('float32')]!
    own.forEach((value, i) => {
      const difference = Math.abs(value - exact[i]!)
      const total = differences[form]!
      total.sum += difference
      total.most = Math.max(total.most, difference)
      total.count++
    })
  })
  process.stderr.write(`\r${answers[0]!.length} of ${images.length} images`)
}
process.stderr.write('\n')
for (const session of sessions) await session.close()

const agreement = (a: readonly number[], b: readonly number[]) =>
  share(a.filter((answer, i) => answer === b[i]).length / a.length)
const labels = images.map(({ label }) => label)
console.log(
  markdown({
    title: `Precisions of ${subject.name} on ${images.length} photographs`,
    columns: ['', 'right', 'same as int8', 'same as float32', 'mean difference of logits from float32', 'largest'],
    rows: names.map((name, form) => [
      name,
      agreement(answers[form]!, labels),
      agreement(answers[form]!, answers[0]!),
      agreement(answers[form]!, answers[1]!),
      (differences[form]!.sum / differences[form]!.count).toFixed(4),
      differences[form]!.most.toFixed(3),
    ]),
    notes: ['top-1 among all classes; float16 with every result rounded imitates a GPU’s arithmetic on the CPU'],
  }),
)

interface Subject {
  readonly name: string
  readonly graph: Uint8Array
  /** The output that is compared. */
  readonly logits: string
  readonly preprocess: Preprocess
  /** By the name of a class's folder. */
  readonly columns: ReadonlyMap<string, number>
}

async function baseModel(): Promise<Subject> {
  const { name, graph, preprocess, classes } = await knownBackbone('inception-v3', { cacheDir })
  const columns = new Map(classes.map(({ wnid }, column) => [wnid!, column]))
  return { name, graph, logits: tensorNames.baseLogits, preprocess, columns }
}

async function extendedModel(folder: string): Promise<Subject> {
  await using bundle = await openBundle(folder)
  const { manifest } = bundle
  const model = await bundle.model()
  let next = manifest.base.classes.length
  const columns = new Map(manifest.base.classes.map(({ wnid, label }, i) => [wnid ?? label, i]))
  for (const { mergedInto, sources } of columnsOf(manifest.increments)) {
    const column = mergedInto ?? next++
    for (const { increment, place } of sources)
      columns.set(manifest.increments[increment]!.classes[place]!.folder, column)
  }
  const { preprocess } = manifest
  return { name: 'the bundle', graph: model, logits: tensorNames.logits, preprocess, columns }
}
