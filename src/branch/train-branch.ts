import { tensorNames } from '../backbone/tensor-names.js'
import { throwIfAborted } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import type { Backbone } from '../features/backbone.js'
import { Trainer } from '../gradient/trainer.js'
import { plainView } from '../image/types.js'
import { createRandom } from '../math/random.js'
import { valueInfo } from '../onnx/build.js'
import { cloneModel, decodeModel, encodeModel, type LoadedModel } from '../onnx/model.js'
import { keepNeeded } from '../onnx/prune.js'
import { DataType } from '../onnx/tensor.js'
import { formFor } from '../precision/form-for.js'
import { runImages } from '../runtime/image-pipeline.js'
import { openInstances } from '../runtime/instances.js'
import type { ImageGraph } from '../runtime/run-views.js'
import { openSession, type Provider } from '../runtime/session.js'
import { branchFeatures, type Branch } from './branch-graph.js'
import type { Cut, Depth } from './cut.js'
import { headOnFeatures, learnerNames, learnerOf, type Scaling } from './learner.js'
import { openBranch, type OpenedBranch } from './open-branch.js'
import { stepsOf, type BranchPicture } from './pictures.js'
import { rateAt } from './schedule.js'

export interface BranchOptions extends CallOptions {
  readonly backbone: Backbone
  readonly depth: Depth
  readonly provider: Provider
  /** k */
  readonly classes: number
  /** New pictures, at least one. */
  readonly added: readonly BranchPicture[]
  /** Old pictures, at least one. */
  readonly old: readonly BranchPicture[]
  readonly seed: number
  /** How often every new picture is gone through. */
  readonly epochs: number
  /** Time to train for at most; there are fewer epochs where it would take longer. @default no limit */
  readonly minutes?: number | undefined
}

/** A branch that has learned, and its head. */
export interface TrainedBranch extends Pick<OpenedBranch, 'cut' | 'slowdown'> {
  readonly model: LoadedModel
  /** On the branch's features: `weight` [dim × k] and `bias` [k]. */
  readonly head: { readonly weight: Float32Array; readonly bias: Float32Array }
  /** How often every new picture was gone through, on average. */
  readonly epochs: number
  /** The mean loss of the last epoch's steps, in nats. */
  readonly loss: number
}

/** Pictures in a step. */
const stepSize = { added: 24, old: 8 }
const batch = stepSize.added + stepSize.old
/** The highest rate for the branch, and what the head's is to it. */
const [branchRate, headRate] = [2e-4, 5]
const decay = 1e-4
/** Pictures that scale and zero of the features are taken from. */
const scalingPictures = 64
/** Added to a feature's deviation, so that one that hardly varies does not become large. */
const leastDeviation = 0.05
/** The step by which the time for all of them is known well enough. */
const timedSteps = 5

/**
 * Trains a copy of the layers after a cut, and a linear head on it, in the joint softmax with the frozen old logits.
 * Figures for the rates and all else are in docs/lab-notes.md, "Fine-tuning".
 *
 * @throws NpluskError as `openBranch`; `BAD_MODEL` where the layers have no gradient, `BAD_INPUT` where a picture
 *   cannot be read any more, `ABORTED`
 */
export async function trainBranch(options: BranchOptions): Promise<TrainedBranch> {
  const { backbone, depth, provider, classes, onProgress } = options
  const { cut, slowdown, ...branch } = await openBranch(backbone, depth)
  const blocks = cut.blocks === 1 ? 'last block' : `last ${cut.blocks} blocks`
  const message = `Fine-tuning the ${blocks}; predicting will take ${slowdown.toFixed(1)} times as long.`
  onProgress?.({ type: 'info', message })
  const { model: form } = await formFor(provider, trunkOf(backbone, cut))
  await using session = await openInstances(form, provider)
  const trunk = { session, preprocess: backbone.preprocess }
  const scaling = await scalingOf(trunk, cut, branch, options)
  await using trainer = await Trainer.open(learnerOf(branch.model, classes, scaling), {
    loss: learnerNames.loss,
    parameters: [
      ...branch.parameters.map((name) => ({ name, decay })),
      ...[learnerNames.weight, learnerNames.bias].map((name) => ({ name, decay, rate: headRate })),
    ],
    shapes: {
      [cut.tensor]: [batch, ...cut.shape],
      [learnerNames.oldLogSumExp]: [batch, 1],
      [learnerNames.target]: [batch, 1 + classes],
    },
    provider,
  })
  const losses = await takeSteps(trainer, trunk, cut, options)
  const parameters = trainer.parameters()
  const epochSteps = options.added.length / stepSize.added
  const last = losses.slice(-Math.ceil(epochSteps))
  return {
    cut,
    slowdown,
    model: decodeModel(trainer.trainedModel([branchFeatures])),
    head: headOnFeatures(parameters.get(learnerNames.weight)!, parameters.get(learnerNames.bias)!, scaling),
    epochs: losses.length / epochSteps,
    loss: last.reduce((sum, loss) => sum + loss, 0) / last.length,
  }
}

/** Goes through the pictures as often as is asked for, or as time allows. @returns the loss of every step */
async function takeSteps(
  trainer: Trainer,
  trunk: Pick<ImageGraph, 'session' | 'preprocess'>,
  cut: Cut,
  { added, old, classes, epochs, minutes, seed, signal, onProgress }: BranchOptions,
): Promise<number[]> {
  const epochSteps = added.length / stepSize.added
  let total = Math.ceil(epochs * epochSteps)
  const report = (step: number) => {
    if (minutes !== undefined && step < timedSteps) return
    const views = (steps: number) => steps * stepSize.added
    onProgress?.({ type: 'progress', stage: 'fine-tune', done: views(step), total: views(total), unit: 'views' })
  }
  report(0)
  const losses: number[] = []
  const start = performance.now()
  for await (const { maps, oldLogSumExp, target } of stepsOf(
    trunk,
    cut,
    { added, old },
    { classes, size: stepSize, seed, signal },
  )) {
    throwIfAborted(signal)
    const inputs = {
      [cut.tensor]: { dims: [batch, ...cut.shape], data: maps },
      [learnerNames.oldLogSumExp]: { dims: [batch, 1], data: oldLogSumExp },
      [learnerNames.target]: { dims: [batch, 1 + classes], data: target },
    }
    const { loss } = await trainer.step(inputs, branchRate * rateAt(losses.length, total, epochSteps / 2))
    losses.push(loss)
    if (losses.length === timedSteps && minutes !== undefined) {
      const ofStep = (performance.now() - start) / timedSteps
      total = Math.max(timedSteps, Math.min(total, Math.floor((60_000 * minutes) / ofStep)))
    }
    report(losses.length)
    if (losses.length >= total) break
  }
  return losses
}

/** The layers before a cut, with the old logits. */
function trunkOf(backbone: Backbone, { tensor, shape }: Cut): Uint8Array {
  const model = cloneModel(decodeModel(backbone.graph))
  const { graph } = model
  const logits = graph.output.filter(({ name }) => name === tensorNames.baseLogits)
  graph.output = [...logits, valueInfo(tensor, DataType.FLOAT, ['batch', ...shape])]
  keepNeeded(graph)
  return encodeModel(model)
}

/** Mean and deviation of the branch's features before training, over some of the new pictures. */
async function scalingOf(
  trunk: Pick<ImageGraph, 'session' | 'preprocess'>,
  { tensor, shape }: Cut,
  branch: Branch,
  { added, seed, signal }: BranchOptions,
): Promise<Scaling> {
  const sample = createRandom(`${seed}:branch:scaling`)
    .shuffle([...added])
    .slice(0, scalingPictures)
  const images = sample.map(({ file }) => ({ file, views: [plainView] }))
  await using session = await openSession(encodeModel(branch.model), trunk.session.provider)
  const rows: Float32Array[] = []
  for await (const result of runImages({ ...trunk, input: tensorNames.image, outputs: [tensor] }, images, { signal })) {
    if ('error' in result) throw result.error
    const maps = { [tensor]: { dims: [1, ...shape], data: result.views[0]![tensor]! } }
    rows.push((await session.run(maps, [branchFeatures]))[branchFeatures]!.data as Float32Array)
  }
  const mean = rows[0]!.map((_, i) => average(rows.map((row) => row[i]!)))
  const inverseDeviation = mean.map((own, i) => {
    const variance = average(rows.map((row) => (row[i]! - own) ** 2))
    return 1 / (Math.sqrt(variance) + leastDeviation)
  })
  return { mean, inverseDeviation }
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
