import { throwIfAborted } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import type { Trainer } from '../gradient/trainer.js'
import type { TrainerState } from '../gradient/trainer-state.js'
import type { HeldOutStep } from '../head/training-curve.js'
import type { ImageGraph } from '../runtime/run-views.js'
import type { PlainTensor } from '../runtime/session.js'
import type { Cut } from './cut.js'
import { interrupted } from './interrupted.js'
import { learnerNames, learnerShapes } from './learner.js'
import { seldom } from './seldom.js'
import { stepsOf, type BranchPicture, type StepInputs } from './pictures.js'

export interface StepsOptions extends CallOptions {
  /** k */
  readonly classes: number
  /** New pictures, at least one. */
  readonly added: readonly BranchPicture[]
  /** Old pictures, at least one. */
  readonly old: readonly BranchPicture[]
  readonly seed: number
  /** How often every new picture is gone through. */
  readonly epochs: number
  /** Time to train for at most; there are fewer steps where it would take longer. @default no limit */
  readonly minutes?: number | undefined
}

/** Training between two steps. */
export interface BranchState {
  readonly trainer: TrainerState
  /** Time that it has taken. */
  readonly milliseconds: number
  readonly losses: readonly StepLoss[]
}

/** A step of training. */
export interface StepLoss {
  /** When it ended, in milliseconds since 1970. */
  readonly time: number
  /** In nats. */
  readonly loss: number
  /** What the branch made of held-out pictures after it. @default it was not looked at */
  readonly heldOut?: HeldOutStep
}

/** How training goes on, is kept, and is looked at. */
interface Keeping extends Pick<BranchState, 'losses' | 'milliseconds'> {
  /** What the branch makes of held-out pictures. @default it is not looked at */
  readonly judge?: (() => Promise<HeldOutStep>) | undefined
  /** @returns whether it was kept */
  keep(state: BranchState): Promise<boolean>
}

/** Pictures in a step, of each kind. */
const stepSize = { added: 14, old: 2 }
export const imagesInStep = stepSize.added + stepSize.old
/** The highest rate for the branch, and what the head's is to it. */
const branchRate = 2e-4
export const headRate = 5
/** Steps that the loss that is reported is the mean of. */
const lossWindow = 20
/** Milliseconds between two times that training is kept. */
const keepEvery = 300_000

/** How often so many steps go through every new picture, on average. */
export function epochsOf(steps: number, { added }: Pick<StepsOptions, 'added'>): number {
  return (steps * stepSize.added) / added.length
}

/**
 * Goes through the pictures as often as is asked for, or as time allows: the rate falls with whichever is nearer to its
 * end.
 *
 * @returns every step
 * @throws NpluskError as `stepsOf` and `Trainer.step`; `ABORTED`
 */
export async function takeSteps(
  trainer: Trainer,
  trunk: Pick<ImageGraph, 'session' | 'preprocess'>,
  cut: Cut,
  options: StepsOptions & Keeping,
): Promise<readonly StepLoss[]> {
  const { added, old, classes, epochs, minutes, seed, signal, onProgress, judge } = options
  const epochSteps = added.length / stepSize.added
  const total = Math.ceil(epochs * epochSteps)
  const losses = [...options.losses]
  const began = performance.now()
  const start = began - options.milliseconds
  const time = () => performance.now() - start
  /** How much of training is done, from 0 to 1. */
  const done = () => {
    const limit = minutes === undefined ? 0 : time() / (60_000 * minutes)
    return Math.min(1, Math.max(losses.length / total, limit))
  }
  const learning = () => {
    const taken = losses.length - options.losses.length
    if (taken === 0) return undefined
    const latest = losses.slice(-Math.min(taken, lossWindow))
    const loss = latest.reduce((sum, one) => sum + one.loss, 0) / latest.length
    const viewsPerSecond = (taken * stepSize.added * 1000) / (performance.now() - began)
    const judged = losses.findLast(({ heldOut }) => heldOut !== undefined)
    return { loss, viewsPerSecond, ...(judged && { heldOut: judged.heldOut }) }
  }
  const report = () => {
    const views = {
      done: Math.min(total, losses.length) * stepSize.added,
      total: total * stepSize.added,
      unit: 'views',
    } as const
    const share = { done: Math.floor(1e4 * done()) / 100, total: 100, unit: 'percent' } as const
    const amount = minutes === undefined ? views : share
    onProgress?.({ type: 'progress', stage: 'fine-tune', ...amount, learning: learning() })
  }
  const keep = () => options.keep({ trainer: trainer.state(), milliseconds: time(), losses })
  let lastKept = performance.now()
  const look = judge && seldom(judge)
  report()
  if (done() >= 1) return losses
  const shapes = learnerShapes(cut, imagesInStep, classes)
  const stepOptions = { classes, size: stepSize, seed, first: losses.length, signal }
  try {
    for await (const inputs of stepsOf(trunk, cut, { added, old }, stepOptions)) {
      throwIfAborted(signal)
      const warm = Math.min(1, (losses.length + 1) / (epochSteps / 2))
      const { loss } = await trainer.step(tensorsOf(inputs, shapes, cut), branchRate * warm * halfCosine(done()))
      const step = { time: Date.now(), loss }
      losses.push(step)
      const heldOut = warm === 1 && done() < 1 ? await look?.() : undefined
      if (heldOut) losses.splice(-1, 1, { ...step, heldOut })
      report()
      if (done() >= 1) break
      if (performance.now() - lastKept < keepEvery) continue
      await keep()
      lastKept = performance.now()
    }
  } catch (error) {
    if (signal?.aborted && losses.length > 0 && (await keep())) {
      throw interrupted(error, { took: time(), whole: time() / done() })
    }
    throw error
  }
  await keep()
  return losses
}

/** A learner's inputs for a step. */
function tensorsOf(
  { maps, oldLogSumExp, target }: StepInputs,
  shapes: Readonly<Record<string, number[]>>,
  { tensor }: Cut,
): Record<string, PlainTensor> {
  const columns = { [tensor]: maps, [learnerNames.oldLogSumExp]: oldLogSumExp, [learnerNames.target]: target }
  return Object.fromEntries(Object.entries(columns).map(([name, data]) => [name, { dims: shapes[name]!, data }]))
}

/**
 * What the rate is multiplied by when a share of training is done: it falls from 1 to 0 along half a cosine
 * (Loshchilov, Hutter, SGDR, 2017, without restarts).
 */
function halfCosine(share: number): number {
  return 0.5 * (1 + Math.cos(Math.PI * share))
}
