/**
 * What a step of training takes beside the forward pass of the same layers: the last blocks of the default model, in
 * float32, with a new head and the joint softmax's loss, as fine-tuning trains them; rounds in turn.
 *
 *     npm run bench:gradient -- [--blocks 3] [--batch 32] [--rounds 5] [--threads N]
 *
 * The table goes to stdout. The maps that the layers are given are random numbers.
 */
import { availableParallelism } from 'node:os'
import { env } from 'node:process'
import { parseArgs } from 'node:util'
import { branchFrom } from '../src/branch/branch-graph.js'
import { cutsFor, type Cut } from '../src/branch/cut.js'
import { learnerNames, learnerOf, learnerShapes } from '../src/branch/learner.js'
import { openBackbone } from '../src/classifier/open-backbone.js'
import { Trainer } from '../src/gradient/trainer.js'
import { createRandom } from '../src/math/random.js'
import { encodeModel } from '../src/onnx/model.js'
import { openSession } from '../src/runtime/session.js'
import { usualCacheDir } from './shared/cache-dir.js'
import { describeMachine } from './shared/machine.js'
import { markdown } from './shared/table.js'
import { interleaved, median } from './speed/rounds.js'

const classes = 27

const { values } = parseArgs({
  options: {
    blocks: { type: 'string', default: '3' },
    batch: { type: 'string', default: '32' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: `${availableParallelism()}` },
  },
})
const [blocks, batch, threads] = [values.blocks, values.batch, values.threads].map(Number) as [number, number, number]

const { backbone } = await openBackbone({ model: 'inception-v3', cacheDir: usualCacheDir(env) })
const [cut] = cutsFor(backbone, blocks) as [Cut]
const branch = branchFrom(backbone, cut)
const dim = backbone.layers.find(({ name }) => name === 'bottleneck')!.size
const learner = learnerOf(branch.model, classes, {
  mean: new Float32Array(dim),
  inverseDeviation: new Float32Array(dim).fill(1),
})
const parameters = [...branch.parameters, learnerNames.weight, learnerNames.bias]
const shapes = learnerShapes(cut, batch, classes)
const random = createRandom(1)
const target = new Float32Array(batch * (classes + 1))
for (let i = 0; i < batch; i++) target[i * (classes + 1) + 1 + (i % classes)] = 1 / batch
const length = shapes[cut.tensor]!.reduce((product, size) => product * size, 1)
const data = {
  [cut.tensor]: Float32Array.from({ length }, () => Math.max(0, random.next() - 0.3)),
  [learnerNames.oldLogSumExp]: new Float32Array(batch).fill(10),
  [learnerNames.target]: target,
}
const inputs = Object.fromEntries(
  Object.entries(shapes).map(([name, dims]) => [name, { dims, data: data[name]! }] as const),
)

await using forward = await openSession(encodeModel(learner), 'cpu', { threads })
await using trainer = await Trainer.open(learner, {
  loss: learnerNames.loss,
  parameters: parameters.map((name) => ({ name, decay: 1e-4 })),
  shapes,
  threads,
})
const seconds = await interleaved(Number(values.rounds), {
  forward: () => forward.run(inputs, [learnerNames.loss]),
  step: () => trainer.step(inputs, 1e-4),
})

const machine = describeMachine()
const ratio = median(seconds.step) / median(seconds.forward)
const times = (of: readonly number[]) => [median(of), Math.min(...of), Math.max(...of)].map((one) => one.toFixed(2))
console.log(
  markdown({
    title: `A step of training, the last ${blocks} blocks`,
    columns: ['pass', 'median (s)', 'least', 'most'],
    rows: [
      ['forward', ...times(seconds.forward)],
      ['step', ...times(seconds.step)],
    ],
    notes: [
      `A step takes ${ratio.toFixed(1)} forward passes; at most 7.5 are wanted.`,
      `${batch} pictures, ${parameters.length} parameters; ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB at the most.`,
      `${values.rounds} rounds in turn, ${threads} threads; ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}.`,
    ],
  }),
)
