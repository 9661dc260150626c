import type { MeasuredProgress } from './measure.js'

/** How the stages of a call are shown. */
export interface StageView {
  report(event: MeasuredProgress): void
  /** Ends the current line, as another is to be written. */
  interrupt(): void
}
