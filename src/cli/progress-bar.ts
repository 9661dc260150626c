import { SingleBar } from 'cli-progress'
import type { Writable } from 'node:stream'

/** A line of a terminal that is redrawn. */
export interface ProgressBar {
  update(done: number): void
  /** Clears the line. */
  stop(): void
}

/** Content of the line; `secondsLeft` is unknown at first. */
export type DrawLine = (state: {
  readonly done: number
  readonly filled: string
  readonly secondsLeft: number | undefined
}) => string

const width = 24

export type StartBar = typeof startBar

/** Draws a bar until it is stopped. */
export function startBar(stream: Writable, total: number, draw: DrawLine): ProgressBar {
  const started = performance.now()
  const bar = new SingleBar({
    stream: stream as NodeJS.WritableStream,
    format: (_, { value, progress }) => {
      const full = Math.round(width * progress)
      const filled = '█'.repeat(full) + '░'.repeat(width - full)
      const seconds = (performance.now() - started) / 1000
      const known = progress > 0 && seconds > 1
      return draw({ done: value, filled, secondsLeft: known ? (seconds * (1 - progress)) / progress : undefined })
    },
    clearOnComplete: true,
    hideCursor: false,
    // The command line handles signals itself.
    gracefulExit: false,
  })
  bar.start(total, 0)
  return { update: (done) => bar.update(done), stop: () => bar.stop() }
}
