/**
 * Whether the precisions agree: top-1 of the default model as int8, float32 and float16 on photographs, on the CPU.
 *
 *     npm run bench:precision -- [--data DIR] [--limit N] [--cache-dir DIR]
 *
 * float16 is taken twice: as this machine's CPU runs the graph, which rounds the weights alone, and with every result
 * rounded, as a GPU computes. A table goes to stdout, progress to stderr.
 */
import { homedir } from 'node:os'
import { parseArgs } from 'node:util'
import { batches } from '../src/core/batches.js'
import { prefetch } from '../src/core/prefetch.js'
import { loadImage } from '../src/image/decode.js'
import { listClasses } from '../src/image/folder.js'
import { argMax } from '../src/math/softmax.js'
import { knownBackbone } from '../src/model/backbone.js'
import { cacheFolder } from '../src/model/cache-folder.js'
import { tensorNames } from '../src/model/tensor-names.js'
import { decodeModel, encodeModel } from '../src/onnx/model.js'
import { toPrecision } from '../src/precision/convert.js'
import { openSession } from '../src/runtime/session.js'
import { markdown, share } from './accuracy/table.js'
import { roundActivations } from './precision/round-activations.js'

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    limit: { type: 'string', default: '1000' },
    'cache-dir': { type: 'string' },
  },
})
const { NPLUSK_CACHE_DIR: nplusk, XDG_CACHE_HOME: xdg } = process.env
const cacheDir = values['cache-dir'] ?? cacheFolder({ home: homedir(), nplusk, xdg })

const backbone = await knownBackbone('inception-v3', { cacheDir })
const places = new Map(backbone.classes.map(({ wnid }, place) => [wnid, place]))
const folders = await listClasses(`${values.data}/imagenet-test`)
const images = folders
  .flatMap(({ label: wnid, files }) => files.map((file) => ({ file, label: places.get(wnid)! })))
  .slice(0, Number(values.limit))

const graph = decodeModel(backbone.graph)
const half = toPrecision(graph, 'float16')
const forms = {
  int8: graph,
  float32: toPrecision(graph, 'float32'),
  'float16, weights rounded': half,
  'float16, every result rounded': roundActivations(half),
}
const names = Object.keys(forms)
const sessions = await Promise.all(Object.values(forms).map((form) => openSession(encodeModel(form))))
const { width, height } = backbone.preprocess
/** [form][image] */
const answers: number[][] = names.map(() => [])
/** [form] sum and maximum of |difference from float32| over all logits */
const differences = names.map(() => ({ sum: 0, most: 0, count: 0 }))

const decoded = prefetch(batches(images, 8, 1000), 2, (batch) =>
  Promise.all(batch.map(({ file }) => loadImage(file, backbone.preprocess))),
)
for await (const result of decoded) {
  if ('error' in result) throw result.error
  const pixels = result.value
  const data = new Uint8Array(Buffer.concat(pixels))
  const input = { [tensorNames.image]: { dims: [pixels.length, height, width, 3], data } }
  const logits: Float32Array[] = []
  for (const session of sessions) {
    const outputs = await session.run(input, [tensorNames.baseLogits])
    logits.push(outputs[tensorNames.baseLogits]!.data as Float32Array)
  }
  const classes = backbone.classes.length
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
    title: `Precisions of ${backbone.name} on ${images.length} photographs`,
    columns: ['', 'right', 'same as int8', 'same as float32', 'mean difference of logits from float32', 'largest'],
    rows: names.map((name, form) => [
      name,
      agreement(answers[form]!, labels),
      agreement(answers[form]!, answers[0]!),
      agreement(answers[form]!, answers[1]!),
      (differences[form]!.sum / differences[form]!.count).toFixed(4),
      differences[form]!.most.toFixed(3),
    ]),
    notes: ['top-1 among all classes; on the CPU, where float16 with every result rounded imitates a GPU’s arithmetic'],
  }),
)
