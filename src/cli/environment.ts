import type { Readable, Writable } from 'node:stream'

/** A stream that may be a terminal. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number }

/** What the command line takes from its process. */
export interface Environment {
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly stdin: Readable
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  /** Runs the same command line in a process of its own, with further environment variables; gives its exit code. */
  relaunch(variables: Readonly<Record<string, string>>): Promise<number>
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal
}

/** Whether lines on a stream can be redrawn. */
export function isAnimated(stream: OutputStream, { TERM }: Environment['variables']): boolean {
  return stream.isTTY === true && TERM !== 'dumb'
}

/** Columns of a terminal; infinitely many elsewhere, where lines are left as they are. */
export function widthOf(stream: OutputStream, { COLUMNS }: Environment['variables']): number {
  if (stream.isTTY !== true) return Infinity
  // A pseudo-terminal that nobody has given a size says 0.
  const columns = stream.columns || Number(COLUMNS)
  return columns > 0 ? columns : Infinity
}

/** Whether a stream shows colours (https://no-color.org). */
export function isColoured(stream: OutputStream, variables: Environment['variables']): boolean {
  return isAnimated(stream, variables) && !variables.NO_COLOR
}
