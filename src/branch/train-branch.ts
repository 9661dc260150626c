import { NpluskError } from '../core/errors.js'
import { count } from '../core/numbers.js'
import type { Backbone } from '../features/backbone.js'
import { Trainer } from '../gradient/trainer.js'
import { decodeModel, type LoadedModel } from '../onnx/model.js'
import { formFor } from '../precision/form-for.js'
import { openInstances } from '../runtime/instances.js'
import type { Provider } from '../runtime/session.js'
import { branchFeatures, trunkOf } from './branch-graph.js'
import { judge, type HeldOutPictures } from './judge.js'
import { headOnFeatures, learnerNames, learnerOf, learnerShapes, type Scaling } from './learner.js'
import type { OpenedBranch } from './open-branch.js'
import { scalingOf } from './scaling-of.js'
import {
  epochsOf,
  headRate,
  imagesInStep,
  takeSteps,
  type BranchState,
  type StepLoss,
  type StepsOptions,
} from './take-steps.js'

export interface BranchOptions extends StepsOptions {
  readonly backbone: Backbone
  readonly branch: OpenedBranch
  readonly provider: Provider
  /** Where training is kept from time to time, and when it is stopped. @default nowhere */
  readonly checkpoints?: Checkpoints | undefined
  /** Whether to say so where nothing is kept to go on with. @default false */
  readonly resume?: boolean | undefined
  /** Pictures to look at from time to time, how well they are answered. @default none */
  readonly heldOut?: HeldOutPictures | undefined
}

/** Keeps training, which may take an hour, so that it can go on where it stopped. */
export interface Checkpoints {
  /** @returns `undefined` where nothing is kept */
  read(): Promise<BranchState | undefined>
  /** @returns whether it was kept */
  write(state: BranchState): Promise<boolean>
  /** Deletes what is kept. */
  forget(): Promise<void>
}

/** A branch that has learned, and its head. */
export interface TrainedBranch {
  readonly model: LoadedModel
  /** On the branch's features: `weight` [dim × k] and `bias` [k]. */
  readonly head: { readonly weight: Float32Array; readonly bias: Float32Array }
  /** How often every new picture was gone through, on average. */
  readonly epochs: number
  readonly losses: readonly StepLoss[]
}

/** A measured slowdown below this may as well be none. */
const hardlyLonger = 1.1

/** What a step takes from a parameter itself, as a share by rate. */
const decay = 1e-4

/**
 * Trains a copy of the layers after a cut, and a linear head on it, in the joint softmax with the frozen old logits.
 * Figures for the rates and all else are in docs/lab-notes.md, "Fine-tuning".
 *
 * @throws NpluskError `BAD_MODEL` where the loss is no number any more (nothing is kept then), `BAD_INPUT` where a
 *   picture cannot be read any more, `ABORTED`
 */
export async function trainBranch(options: BranchOptions): Promise<TrainedBranch> {
  const { backbone, branch, provider, checkpoints, heldOut, resume, signal, onProgress } = options
  const { cut, slowdown } = branch
  const blocks = cut.blocks === 1 ? 'last block' : `last ${cut.blocks} blocks`
  const cost = slowdown < hardlyLonger ? 'hardly longer' : `about ${slowdown.toFixed(1)} times as long`
  const tell = (message: string) => onProgress?.({ type: 'info', message, isUrgent: true })
  tell(`Fine-tuning the ${blocks}; predicting will take ${cost}.`)
  const { model: form } = await formFor(provider, trunkOf(backbone, cut))
  await using session = await openInstances(form, provider)
  const trunk = { session, preprocess: backbone.preprocess }
  const scaling = await scalingOf(trunk, cut, branch, options)
  const { trainer: opened, ...before } = await openTrainer(options, scaling)
  await using trainer = opened
  const steps = before.losses.length
  if (steps > 0) tell(`Training goes on where it was kept, after ${count(steps, 'step')}.`)
  else if (resume) tell('Nothing is kept of training with these pictures and settings, so it begins anew.')
  const keep = async (state: BranchState) => (await checkpoints?.write(state)) ?? false
  const look = (pictures: HeldOutPictures) => {
    const learner = trainer.trainedModel([learnerNames.logits])
    return judge({ trunk, cut, learner, provider }, pictures, signal)
  }
  const going = { ...options, ...before, keep, judge: heldOut && (() => look(heldOut)) }
  const losses = await takeSteps(trainer, trunk, cut, going).catch(async (error) => {
    if (!(error instanceof NpluskError && error.data['loss'] !== undefined)) throw error
    await checkpoints?.forget()
    const problem = 'Training came to nothing, as its loss is no number any more'
    throw new NpluskError('BAD_MODEL', `${problem}; fine-tune fewer blocks, or train heads alone.`, { cause: error })
  })
  const parameters = trainer.parameters()
  return {
    model: decodeModel(trainer.trainedModel([branchFeatures])),
    head: headOnFeatures(parameters.get(learnerNames.weight)!, parameters.get(learnerNames.bias)!, scaling),
    epochs: epochsOf(losses.length, options),
    losses,
  }
}

/** A trainer of the branch and its head, where training was if some is kept. */
async function openTrainer(
  { branch, classes, provider, checkpoints }: BranchOptions,
  scaling: Scaling,
): Promise<{ readonly trainer: Trainer } & Pick<BranchState, 'losses' | 'milliseconds'>> {
  const kept = await checkpoints?.read()
  const trainer = await Trainer.open(learnerOf(branch.model, classes, scaling), {
    loss: learnerNames.loss,
    parameters: [
      ...branch.parameters.map((name) => ({ name, decay })),
      ...[learnerNames.weight, learnerNames.bias].map((name) => ({ name, decay, rate: headRate })),
    ],
    shapes: learnerShapes(branch.cut, imagesInStep, classes),
    provider,
    from: kept?.trainer,
  })
  return { trainer, losses: kept?.losses ?? [], milliseconds: kept?.milliseconds ?? 0 }
}
