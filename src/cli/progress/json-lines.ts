import type { Learning } from '../../core/progress.js'
import type { StageView } from './stage-view.js'
import type { MeasuredProgress } from './measure.js'

/** Seconds between two objects of one stage. */
const interval = 0.5

/** Writes progress as JSON, at most twice a second; the first and the last event of every stage always come. */
export function jsonLines(write: (line: object) => void): StageView {
  let shown: MeasuredProgress | undefined
  let waiting: MeasuredProgress | undefined
  const show = (event: MeasuredProgress) => {
    write(progressLine(event))
    shown = event
    waiting = undefined
  }
  const interrupt = () => {
    if (waiting) show(waiting)
  }
  return {
    report(event) {
      const isNext =
        shown?.stage === event.stage && event.seconds - shown.seconds < interval && event.done !== event.total
      if (isNext && event.seconds >= shown!.seconds && event.done >= shown!.done) {
        waiting = event
        return
      }
      if (waiting && waiting.stage !== event.stage) interrupt()
      show(event)
    },
    interrupt,
  }
}

function progressLine(event: MeasuredProgress): object {
  const { stage, done, total, unit, perSecond, secondsLeft, learning } = event
  return {
    type: 'progress',
    stage,
    done,
    total: total ?? null,
    unit,
    perSecond: rounded(perSecond),
    secondsLeft: rounded(secondsLeft),
    ...(learning && learningLine(learning)),
  }
}

function learningLine({ loss, viewsPerSecond, heldOut }: Learning): object {
  const { loss: heldOutLoss, top1 } = heldOut ?? {}
  return {
    loss: rounded(loss),
    viewsPerSecond: rounded(viewsPerSecond),
    ...(heldOut && { heldOut: { loss: rounded(heldOutLoss), top1: rounded(top1 ?? undefined) } }),
  }
}

/** Three digits; `null` where it is not known. */
function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Number(value.toPrecision(3))
}
