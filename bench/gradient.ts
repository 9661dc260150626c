/**
 * What a step of training takes beside the forward pass of the same layers: those of the default model from a block on,
 * in float32, with a new head and the joint softmax's loss; rounds in turn.
 *
 *     npm run bench:gradient -- [--from 7a] [--batch 32] [--rounds 5] [--threads N]
 *
 * The table goes to stdout. The maps that the layers are given are random numbers.
 */
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { env } from 'node:process'
import { parseArgs } from 'node:util'
import { fetchKnownModel } from '../src/catalog/fetch-model.js'
import { Trainer } from '../src/gradient/trainer.js'
import { createRandom } from '../src/math/random.js'
import { node, valueInfo } from '../src/onnx/build.js'
import { changed, decodeModel, encodeModel, type LoadedModel } from '../src/onnx/model.js'
import { keepNeeded } from '../src/onnx/prune.js'
import { DataType, floatTensor } from '../src/onnx/tensor.js'
import { toPrecision } from '../src/precision/convert.js'
import { openSession } from '../src/runtime/session.js'
import { usualCacheDir } from './shared/cache-dir.js'
import { describeMachine } from './shared/machine.js'
import { markdown } from './shared/table.js'
import { interleaved, median } from './speed/rounds.js'

/** What comes before each block: its tensor and the shape of that, without the batch. */
const cuts: Readonly<Record<string, readonly [string, readonly number[]]>> = {
  '5b': ['MaxPool_5a_3x3/MaxPool', [192, 35, 35]],
  '5d': ['Mixed_5c/concat', [288, 35, 35]],
  '6a': ['Mixed_5d/concat', [288, 35, 35]],
  '6c': ['Mixed_6b/concat', [768, 17, 17]],
  '6e': ['Mixed_6d/concat', [768, 17, 17]],
  '7a': ['Mixed_6e/concat', [768, 17, 17]],
  '7b': ['Mixed_7a/concat', [1280, 8, 8]],
}
const features = 'InceptionV3/Logits/AvgPool_1a_8x8/AvgPool'
const classes = 27

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '7a' },
    batch: { type: 'string', default: '32' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: `${availableParallelism()}` },
  },
})
const cut = cuts[values.from]
if (cut === undefined) throw new Error(`--from takes ${Object.keys(cuts).join(', ')}`)
const batch = Number(values.batch)
const threads = Number(values.threads)

/** The layers behind a tensor, with a head of zeros and a loss: that of the joint softmax, the old classes as one. */
function branchFrom(model: LoadedModel, tensor: string, shape: readonly number[]): LoadedModel {
  const { graph } = model
  const branch = changed(graph, {
    node: [
      ...graph.node.filter(({ output }) => !output.includes(tensor)),
      node('Flatten', [features], 'flat'),
      node('Gemm', ['flat', 'head/weight', 'head/bias'], 'z', { transB: 1 }),
      node('Concat', ['oldLogSumExp', 'z'], 'all', { axis: 1 }),
      node('LogSoftmax', ['all'], 'logProbability', { axis: 1 }),
      node('Mul', ['logProbability', 'target'], 'own'),
      node('ReduceSum', ['own'], 'likelihood', { keepdims: 0 }),
      node('Neg', ['likelihood'], 'loss'),
    ],
    input: [
      valueInfo(tensor, DataType.FLOAT, [batch, ...shape]),
      valueInfo('oldLogSumExp', DataType.FLOAT, [batch, 1]),
      valueInfo('target', DataType.FLOAT, [batch, classes + 1]),
    ],
    output: [valueInfo('loss', DataType.FLOAT, [])],
    initializer: [
      ...graph.initializer,
      floatTensor('head/weight', [classes, 2048], new Float32Array(classes * 2048)),
      floatTensor('head/bias', [classes], new Float32Array(classes)),
    ],
    valueInfo: [],
  })
  keepNeeded(branch)
  return changed(model, { graph: branch })
}

const [name, shape] = cut
const tensor = `InceptionV3/InceptionV3/${name}`
const { file } = await fetchKnownModel('inception-v3', { cacheDir: usualCacheDir(env) })
const branch = branchFrom(toPrecision(decodeModel(await readFile(file)), 'float32'), tensor, shape)
const trained = branch.graph.node
  .filter(({ opType }) => opType === 'Conv' || opType === 'Gemm')
  .flatMap(({ input }) => input.slice(1))
const random = createRandom(1)
const length = batch * shape.reduce((product, size) => product * size, 1)
const target = new Float32Array(batch * (classes + 1))
for (let i = 0; i < batch; i++) target[i * (classes + 1) + 1 + (i % classes)] = 1 / batch
const inputs = {
  [tensor]: { dims: [batch, ...shape], data: Float32Array.from({ length }, () => Math.max(0, random.next() - 0.3)) },
  oldLogSumExp: { dims: [batch, 1], data: new Float32Array(batch).fill(10) },
  target: { dims: [batch, classes + 1], data: target },
}
const shapes = Object.fromEntries(Object.entries(inputs).map(([input, { dims }]) => [input, dims]))

await using forward = await openSession(encodeModel(branch), 'cpu', { threads })
await using trainer = await Trainer.open(branch, {
  loss: 'loss',
  parameters: trained.map((parameter) => ({ name: parameter, decay: 1e-4 })),
  shapes,
  threads,
})
const seconds = await interleaved(Number(values.rounds), {
  forward: () => forward.run(inputs, ['loss']),
  step: () => trainer.step(inputs, 1e-4),
})

const machine = describeMachine()
const ratio = median(seconds.step) / median(seconds.forward)
const times = (of: readonly number[]) => [median(of), Math.min(...of), Math.max(...of)].map((one) => one.toFixed(2))
console.log(
  markdown({
    title: `A step of training from Mixed_${values.from}`,
    columns: ['pass', 'median (s)', 'least', 'most'],
    rows: [
      ['forward', ...times(seconds.forward)],
      ['step', ...times(seconds.step)],
    ],
    notes: [
      `A step takes ${ratio.toFixed(1)} forward passes; at most 7.5 are wanted.`,
      `${batch} pictures, ${trained.length} parameters; ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB at the most.`,
      `${values.rounds} rounds in turn, ${threads} threads; ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}.`,
    ],
  }),
)
