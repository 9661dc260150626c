import type { Readable, Writable } from 'node:stream'

/** An output stream, possibly a terminal. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number }

/** The parts of a process that the command line uses. */
export interface Environment {
  /** The command line, without the program's own name. */
  readonly args: readonly string[]
  readonly variables: Readonly<Record<string, string | undefined>>
  /** `undefined` where there is none. */
  readonly home: string | undefined
  readonly stdin: Readable
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  /** Runs the same command line in a new process, with further environment variables; returns its exit code. */
  relaunch(variables: Readonly<Record<string, string>>): Promise<number>
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal
}

/** Whether lines of a stream can be redrawn. */
export function isAnimated(stream: OutputStream, { TERM }: Environment['variables']): boolean {
  return stream.isTTY === true && TERM !== 'dumb'
}

/** Width of a terminal in columns; infinite for other streams, whose lines are not wrapped. */
export function widthOf(stream: OutputStream, { COLUMNS }: Environment['variables']): number {
  if (stream.isTTY !== true) return Infinity
  // A pseudo-terminal without a size reports 0.
  const columns = stream.columns || Number(COLUMNS)
  return columns > 0 ? columns : Infinity
}

/** Whether a stream shows colours (https://no-color.org). */
export function isColoured(stream: OutputStream, variables: Environment['variables']): boolean {
  return isAnimated(stream, variables) && !variables.NO_COLOR
}
