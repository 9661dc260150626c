import type { Remedy } from './remedies.js'

/**
 * What went wrong, in a form that programs can branch on.
 *
 * - `BAD_INPUT`: a file, folder or option value the user gave is not usable
 * - `USAGE`: the call itself is wrong (unknown option, missing argument)
 * - `NOT_FOUND`: something named by the user does not exist
 * - `BAD_MODEL`: an ONNX or TFLite file cannot be read or has no classifier head
 * - `BAD_BUNDLE`: a bundle is damaged or of another format
 * - `DOWNLOAD`: a known model could not be fetched, or the file received is not the expected one
 * - `DEVICE_UNAVAILABLE`: the requested execution provider cannot be loaded
 * - `CONFLICT`: a name is taken, or two processes changed the same bundle
 * - `IO`: the file system refused (no permission, no space)
 * - `QUEUE`: the server of a queue cannot be reached, or work in the queue failed for good
 * - `ABORTED`: the call was stopped through its `AbortSignal`
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

export interface ErrorDetails {
  readonly cause?: unknown
  readonly data?: Readonly<Record<string, unknown>>
  readonly remedy?: Remedy | undefined
}

/**
 * The one error type this library throws on purpose. `message` is one sentence: what is at fault and, unless `remedy`
 * tells it, what to do.
 */
export class NpluskError extends Error {
  readonly code: ErrorCode
  /** Facts about the failure, for programs: paths, names, sizes. */
  readonly data: Readonly<Record<string, unknown>>
  /** What can be done about it, where that takes an option or another call; `undefined` where `message` says it all. */
  readonly remedy: Remedy | undefined

  constructor(code: ErrorCode, message: string, options: ErrorDetails = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'NpluskError'
    this.code = code
    this.data = options.data ?? {}
    this.remedy = options.remedy
  }
}

/** The remedy of a thrown value, if it has one. */
export function remedyOf(error: unknown): Remedy | undefined {
  return error instanceof NpluskError ? error.remedy : undefined
}

/** The message of a thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Throws `ABORTED` once the signal has fired; called between pieces of work. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new NpluskError('ABORTED', 'Interrupted; nothing was changed.')
}

/** What was being done with the file or folder; the advice depends on it. */
export type FileAction = 'write' | 'read' | 'delete'

const commonCauses: Record<string, string> = {
  ENOTDIR: 'a part of the path is a file, not a folder; check the path',
  ELOOP: 'its links lead round in a circle; mend them',
  ENAMETOOLONG: 'the name is too long for this file system; choose a shorter one',
  EMFILE: 'too many files are open; raise the limit with ulimit -n',
  ENFILE: 'too many files are open on this machine; end some programs and run again',
  EIO: 'the device reports an error; check it',
  EBUSY: 'another program is using it; end that and run again',
}

const causes: Record<FileAction, Record<string, string>> = {
  write: {
    ...commonCauses,
    ENOSPC: 'the disk is full; free some space and run again',
    EDQUOT: 'the disk quota is used up; free some space and run again',
    EFBIG: 'the file system takes no file of this size; choose another place',
    EACCES: 'permission is denied; choose a place you may write to',
    EPERM: 'permission is denied; choose a place you may write to',
    EROFS: 'the file system is read-only; choose another place',
    // Node's error for creating a folder, parents included, on a read-only file system.
    ENOENT: 'a folder of that path is missing and cannot be made; choose another place',
    EEXIST: 'something else of that name is in the way; remove it, or choose another name',
    EISDIR: 'a folder of that name is in the way; remove it, or choose another name',
  },
  read: {
    ...commonCauses,
    EACCES: 'permission is denied; make it readable for you',
    EPERM: 'permission is denied; make it readable for you',
    ENOENT: 'it is not there; check the path',
    EISDIR: 'it is a folder; give a file',
    EFTYPE: 'it is a pipe, a socket or a device; give a file',
    ERR_FS_FILE_TOO_LARGE: 'it is too large; check that it is the file you mean',
  },
  delete: {
    ...commonCauses,
    EACCES: 'permission is denied; delete it as the user that it belongs to',
    EPERM: 'permission is denied; delete it as the user that it belongs to',
    EROFS: 'the file system is read-only; make it writable',
    // Some file systems write before they delete.
    ENOSPC: 'the disk is so full that this file system cannot even delete; free some space elsewhere and run again',
    EDQUOT: 'the disk quota is so used up that nothing can be deleted; free some space elsewhere and run again',
    ENOTEMPTY: 'another program is writing to it; end that and run again',
  },
}

/**
 * Turns a file system error into one sentence that says what to do; any other error comes back unchanged.
 *
 * @param what the whole action, such as `write a.json`
 */
export function ioError(error: unknown, what: string, action: FileAction = 'write'): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  const cause = code === undefined ? undefined : causes[action][code]
  if (error instanceof NpluskError || cause === undefined) return error
  return new NpluskError('IO', `Cannot ${what}: ${cause}.`, { cause: error, data: { errno: code } })
}

/** As `ioError`, for a file or folder that was being read. */
export function readError(error: unknown, path: string): unknown {
  return ioError(error, `read ${path}`, 'read')
}

const refusals = new Set(['EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'EIO'])

/** Whether the system refused access, which says nothing about what is there. */
export function isRefusal(error: unknown): boolean {
  return refusals.has((error as NodeJS.ErrnoException | undefined)?.code ?? '')
}
