import type { ProgressEvent } from '../../core/progress.js'

/** Progress within a stage; `total` is `undefined` where it is not known beforehand. */
export type StageProgress = Omit<Extract<ProgressEvent, { type: 'progress' }>, 'total'> & {
  readonly total: number | undefined
}

/** Progress with its speed. */
export interface MeasuredProgress extends StageProgress {
  /** Seconds since the stage began. */
  readonly seconds: number
  /** Units a second, smoothed; `undefined` at first, and where a stage has one step only. */
  readonly perSecond: number | undefined
  readonly secondsLeft: number | undefined
}

/** The last so many seconds decide the rate: an event of that age counts 1/e of a new one. */
const memory = 10
/** Seconds before a rate is told. */
const warmUp = 1
/** The share of a stage whose first units tell when it ends: what comes before them is setting up as well. */
const telling = 0.01

interface Timing {
  readonly started: number
  readonly first: number
  /** When the first units were done. */
  rose: number | undefined
  /** Whether more were done after them, and alone count. */
  isSetUp: boolean
  last: number
  done: number
  amount: number
  time: number
}

/**
 * Measures the speed of stages. Work that was done when a stage began, such as images found in the cache, does not
 * count towards its rate.
 *
 * @param now a clock, in milliseconds
 */
export function stageMeter(now: () => number): (event: StageProgress) => MeasuredProgress {
  const timings = new Map<StageProgress['stage'], Timing>()
  return (event) => {
    const { stage, done, total } = event
    const at = now() / 1000
    let timing = timings.get(stage)
    // A stage may come again: the download of another file.
    if (timing === undefined || done < timing.done) {
      timing = { started: at, first: done, rose: undefined, isSetUp: false, last: at, done, amount: 0, time: 0 }
      timings.set(stage, timing)
    }
    if (!timing.isSetUp && timing.rose !== undefined && done > timing.done) {
      Object.assign(timing, { isSetUp: true, last: timing.rose, amount: 0, time: 0 })
    }
    const elapsed = at - timing.last
    const fading = Math.exp(-elapsed / memory)
    timing.amount = timing.amount * fading + done - timing.done
    timing.time = timing.time * fading + elapsed
    timing.last = at
    timing.done = done
    if (done > timing.first) timing.rose ??= at
    if (done === total) timings.delete(stage)
    const seconds = at - timing.started
    const isKnown = seconds >= warmUp && done > timing.first && total !== 1
    const perSecond = isKnown ? timing.amount / timing.time : undefined
    const isTelling = timing.isSetUp || (total !== undefined && done - timing.first >= telling * total)
    const secondsLeft =
      perSecond === undefined || total === undefined || !isTelling ? undefined : (total - done) / perSecond
    return { ...event, seconds, perSecond, secondsLeft }
  }
}
