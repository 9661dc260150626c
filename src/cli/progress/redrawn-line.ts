import { SingleBar } from 'cli-progress'
import type { Writable } from 'node:stream'
import { onScreen } from '../terminal/screen.js'

/** A line of a terminal that is redrawn. */
export interface RedrawnLine {
  /** Clears the line. */
  stop(): void
}

export type StartLine = typeof startLine

/** Draws a line a few times a second until it is stopped. */
export function startLine(stream: Writable, draw: () => string): RedrawnLine {
  const bar = new SingleBar({
    stream: stream as NodeJS.WritableStream,
    format: () => onScreen(draw()),
    clearOnComplete: true,
    hideCursor: false,
    fps: 5,
    // The command line handles signals itself.
    gracefulExit: false,
  })
  bar.start(1, 0)
  return { stop: () => bar.stop() }
}
