/**
 * What went wrong, in a form that programs can branch on.
 *
 * - `BAD_INPUT`: a file, folder or option value the user gave is not usable
 * - `USAGE`: the call itself is wrong (unknown option, missing argument)
 * - `NOT_FOUND`: something named by the user does not exist
 * - `BAD_MODEL`: an ONNX or TFLite file cannot be read or has no classifier head
 * - `BAD_BUNDLE`: a bundle is damaged or of another format
 * - `DOWNLOAD`: a known model could not be fetched, or what came is not what was asked for
 * - `DEVICE_UNAVAILABLE`: the asked-for execution provider cannot be loaded
 * - `CONFLICT`: a name is taken, or two processes changed the same bundle
 * - `IO`: the file system refused (no permission, no space)
 * - `QUEUE`: the server of a queue cannot be reached, or work in the queue failed for good
 * - `ABORTED`: stopped through the `AbortSignal`
 */
export type ErrorCode =
  | 'BAD_INPUT'
  | 'USAGE'
  | 'NOT_FOUND'
  | 'BAD_MODEL'
  | 'BAD_BUNDLE'
  | 'DOWNLOAD'
  | 'DEVICE_UNAVAILABLE'
  | 'CONFLICT'
  | 'IO'
  | 'QUEUE'
  | 'ABORTED'

/** The one error type this library throws on purpose. `message` is one sentence: what is at fault and what to do. */
export class NpluskError extends Error {
  readonly code: ErrorCode
  /** Facts about the failure, for programs: paths, names, sizes. */
  readonly data: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; data?: Record<string, unknown> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'NpluskError'
    this.code = code
    this.data = options.data ?? {}
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Throws `ABORTED` once the signal has fired; called at every step between two pieces of work. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new NpluskError('ABORTED', 'Interrupted; nothing was changed.')
}

const ioCauses: Record<string, string> = {
  ENOSPC: 'the disk is full; free some space and run again',
  EDQUOT: 'the disk quota is used up; free some space and run again',
  EACCES: 'permission is denied; choose a place you may write to',
  EPERM: 'permission is denied; choose a place you may write to',
  EROFS: 'the file system is read-only; choose another place',
  // What Node makes of a folder that is to be made, parents included, on a read-only file system.
  ENOENT: 'a folder of that path is missing and cannot be made; choose another place',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'something else of that name is in the way',
  EISDIR: 'a folder of that name is in the way',
  ENAMETOOLONG: 'the name is too long for this file system',
  EMFILE: 'too many files are open; raise the limit with ulimit -n',
}

/** Turns a failure of the file system into one sentence; anything else comes back as it is. */
export function ioError(error: unknown, action: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  const cause = code === undefined ? undefined : ioCauses[code]
  if (error instanceof NpluskError || cause === undefined) return error
  return new NpluskError('IO', `Cannot ${action}: ${cause}.`, { cause: error, data: { errno: code } })
}
