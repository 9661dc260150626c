import type { Stage } from '../../core/progress.js'
import type { StageView } from './stage-view.js'
import { amountOf, learningOf, rateOf, stageNames, timeLeftOf } from './words.js'

/** Seconds between two lines of one stage. */
const interval = 10

/** Shows a line when a stage begins, and later one every ten seconds. */
export function plainLines(write: (line: string) => void): StageView {
  const shown = new Map<Stage, number>()
  return {
    report(event) {
      const { stage, done, total, seconds } = event
      const last = shown.get(stage)
      if (last === undefined) {
        write(stageNames[stage])
        shown.set(stage, seconds)
      } else if (seconds - last >= interval && done !== total) {
        const parts = [stageNames[stage], amountOf(event), rateOf(event), learningOf(event), timeLeftOf(event)]
        write(parts.filter(Boolean).join('  '))
        shown.set(stage, seconds)
      } else if (seconds < last) {
        // The stage comes again.
        shown.set(stage, seconds)
      }
    },
    interrupt: () => undefined,
  }
}
