import type { HeldOutRecord } from '../bundle/manifest.js'
import type { CurveStep, TrainingCurve } from '../head/training-curve.js'
import type { Scalar } from './event.js'
import { oneLine } from './one-line.js'

/** Scalars that TensorBoard draws in one colour. */
export interface Run {
  /** Path of the run's folder below that of the training. */
  readonly name: string
  readonly scalars: readonly Scalar[]
}

/** The run of the finished classifier, which has the embedding as well. */
export const finishedRun = 'finished'

/** What the figures mean, by tag, or by what stands before its slash. */
export const descriptions: Readonly<Record<string, string>> = {
  loss: 'Mean loss of the joint softmax over old and new classes, in nats, without penalty.',
  penalty: 'The penalty on large weights, ρ/2 ‖V‖², in nats.',
  top1: 'Share of the new images that get their class, among all classes.',
  leak: 'Share of the old images that a new class takes.',
  miss: 'Share of the new images that an old class keeps.',
  old: 'Share of the old images that get their class, before and after the new classes came.',
  'top1-by-class': 'Share of the images of a new class that get it.',
}

/**
 * A training as runs: for each regularisation, cross-validation's loss on the images trained on and all figures on
 * those left out, so that the two lie in one chart; the final fit, and what a branch made of the images held out from
 * it; the figures of the finished classifier.
 */
export function runsOf(curves: readonly TrainingCurve[], heldOut: HeldOutRecord): Run[] {
  const runs = curves.flatMap((curve): Run[] => {
    const heldOut = leftOut(curve)
    if (curve.images === 'all') return [{ name: 'all-images', scalars: fitted(curve) }]
    if (curve.images === 'branch') {
      const looked = { name: 'branch/held-out', scalars: heldOut }
      return [{ name: 'branch/training', scalars: fitted(curve) }, ...(heldOut.length > 0 ? [looked] : [])]
    }
    const name = `rho-${curve.regularisation}`
    return [
      { name: `${name}/training`, scalars: fitted(curve) },
      { name: `${name}/held-out`, scalars: heldOut },
    ]
  })
  const final = curves.find(({ images }) => images !== 'folds')
  const last = final?.steps.at(-1)
  if (final === undefined || last === undefined) return runs
  return [...runs, { name: finishedRun, scalars: finished(heldOut, final.steps.length - 1, last.time) }]
}

function fitted({ steps }: TrainingCurve): Scalar[] {
  return [...along(steps, 'loss', ({ loss }) => loss), ...along(steps, 'penalty', ({ penalty }) => penalty)]
}

function leftOut({ steps }: TrainingCurve): Scalar[] {
  return (['loss', 'top1', 'leak', 'miss'] as const).flatMap((tag) =>
    along(steps, tag, ({ heldOut }) => heldOut?.[tag]),
  )
}

function along(
  steps: readonly CurveStep[],
  tag: string,
  valueOf: (step: CurveStep) => number | null | undefined,
): Scalar[] {
  return steps.flatMap((one, step) => {
    const value = valueOf(one)
    return value === null || value === undefined ? [] : [{ tag, step, value, time: one.time }]
  })
}

function finished({ old, new: added, leak, miss, perClass }: HeldOutRecord, step: number, time: number): Scalar[] {
  const figures: (readonly [tag: string, value: number | null])[] = [
    ['top1', added.top1],
    ['leak', leak],
    ['miss', miss],
    ['old/before', old && old.top1Before],
    ['old/after', old && old.top1After],
    ...perClass.map(({ label, top1 }) => [`top1-by-class/${oneLine(label)}`, top1] as const),
  ]
  return figures.flatMap(([tag, value]) => (value === null ? [] : [{ tag, step, value, time }]))
}
