import { NpluskError, messageOf, type ErrorCode } from '../core/errors.js'
import { printable } from './format.js'
import { sentenceOf } from './remedies.js'

/** Exit codes of the process; see the contract of the command line. */
export const exitCodes = { done: 0, failed: 1, usage: 2, deviceUnavailable: 3, interrupted: 130 } as const

const codesOf: Partial<Record<ErrorCode, number>> = {
  USAGE: exitCodes.usage,
  DEVICE_UNAVAILABLE: exitCodes.deviceUnavailable,
  ABORTED: exitCodes.interrupted,
}

export interface Failure {
  readonly exitCode: number
  readonly message: string
}

/** Exit code and message for an error. Any error after `signal` has fired is a consequence of the abort. */
export function failureOf(error: unknown, signal: AbortSignal): Failure {
  if (error instanceof NpluskError) {
    return { exitCode: codesOf[error.code] ?? exitCodes.failed, message: sentenceOf(error) }
  }
  if (signal.aborted) return { exitCode: exitCodes.interrupted, message: 'Interrupted.' }
  return {
    exitCode: exitCodes.failed,
    message: `Unexpected error: ${messageOf(error)} (run again with --verbose, and please report it)`,
  }
}

/** Adds how to choose another cache folder, if the file system refused to write to the current one. */
export function withCacheOption(error: unknown, cacheDir: string): unknown {
  const refused = error instanceof NpluskError && error.code === 'IO' && error.data['errno'] !== undefined
  if (!refused || !error.message.includes(cacheDir)) return error
  // Replaces the general advice "choose another place".
  const problem = error.message.replace(/(; choose [^;]*)?\.$/, '')
  const link = problem.includes(';') ? ', or' : ';'
  const message = `${problem}${link} name another cache folder with --cache-dir.`
  return new NpluskError('IO', message, { cause: error, data: error.data })
}

/** A stack trace with all causes, for `--verbose`. */
export function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\ncaused by: ${traceOf(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}

/** An error as shown: one line without control characters. */
export function errorLine(message: string): string {
  return `extend: ${printable(message.trim().replace(/\s*\n\s*/g, ' '))}`
}
