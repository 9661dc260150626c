import { throwIfAborted } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import type { Trainer, TrainerState } from '../gradient/trainer.js'
import type { ImageGraph } from '../runtime/run-views.js'
import type { Cut } from './cut.js'
import { learnerNames } from './learner.js'
import { stepsOf, type BranchPicture } from './pictures.js'
import { rateAt } from './schedule.js'

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
  /** Time to train for at most; there are fewer epochs where it would take longer. @default no limit */
  readonly minutes?: number | undefined
}

/** Training between two steps. */
export interface BranchState {
  readonly trainer: TrainerState
  /** The number of steps to take. */
  readonly total: number
  readonly losses: readonly StepLoss[]
}

/** A step of training. */
export interface StepLoss {
  /** When it ended, in milliseconds since 1970. */
  readonly time: number
  /** In nats. */
  readonly loss: number
}

/** How training is kept, and goes on. */
interface Keeping {
  /** Where it stopped. */
  readonly kept: BranchState | undefined
  keep(state: BranchState): Promise<void> | undefined
}

/** Pictures in a step, of each kind. */
const stepSize = { added: 24, old: 8 }
/** Pictures in a step, new and old ones together. */
export const batch = stepSize.added + stepSize.old
/** The highest rate for the branch, and what the head's is to it. */
const branchRate = 2e-4
export const headRate = 5
/** The step by which the time for all of them is known well enough. */
const timedSteps = 5
/** Milliseconds between two times that training is kept. */
const keepEvery = 300_000

/** How often so many steps go through every new picture, on average. */
export function epochsOf(steps: number, { added }: Pick<StepsOptions, 'added'>): number {
  return (steps * stepSize.added) / added.length
}

/**
 * Goes through the pictures as often as is asked for, or as time allows.
 *
 * @returns every step
 */
export async function takeSteps(
  trainer: Trainer,
  trunk: Pick<ImageGraph, 'session' | 'preprocess'>,
  cut: Cut,
  options: StepsOptions & Keeping,
): Promise<readonly StepLoss[]> {
  const { added, old, classes, epochs, minutes, seed, signal, onProgress, kept } = options
  const epochSteps = added.length / stepSize.added
  const losses = [...(kept?.losses ?? [])]
  let total = kept?.total ?? Math.ceil(epochs * epochSteps)
  const report = () => {
    if (minutes !== undefined && losses.length < timedSteps) return
    const views = (steps: number) => steps * stepSize.added
    onProgress?.({
      type: 'progress',
      stage: 'fine-tune',
      done: views(losses.length),
      total: views(total),
      unit: 'views',
    })
  }
  const keep = () => options.keep({ trainer: trainer.state(), total, losses })
  const start = performance.now()
  let lastKept = start
  report()
  if (losses.length >= total) return losses
  const stepOptions = { classes, size: stepSize, seed, first: losses.length, signal }
  try {
    for await (const { maps, oldLogSumExp, target } of stepsOf(trunk, cut, { added, old }, stepOptions)) {
      throwIfAborted(signal)
      const inputs = {
        [cut.tensor]: { dims: [batch, ...cut.shape], data: maps },
        [learnerNames.oldLogSumExp]: { dims: [batch, 1], data: oldLogSumExp },
        [learnerNames.target]: { dims: [batch, 1 + classes], data: target },
      }
      const { loss } = await trainer.step(inputs, branchRate * rateAt(losses.length, total, epochSteps / 2))
      losses.push({ time: Date.now(), loss })
      if (losses.length === timedSteps && minutes !== undefined) {
        const ofStep = (performance.now() - start) / timedSteps
        total = Math.max(timedSteps, Math.min(total, Math.floor((60_000 * minutes) / ofStep)))
      }
      report()
      if (losses.length >= total) break
      if (performance.now() - lastKept < keepEvery) continue
      await keep()
      lastKept = performance.now()
    }
  } catch (error) {
    if (signal?.aborted && losses.length >= timedSteps) await keep()
    throw error
  }
  await keep()
  return losses
}
