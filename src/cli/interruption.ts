import { ioError, NpluskError } from '../core/errors.js'

/** Abort reason when the reader of the output has gone, as with `| head`; not a failure. */
export const outputClosed = Symbol('output closed')

// npm and npx forward a Ctrl-C to a child that got it from the terminal already: within this time, two count as one.
const repeatWithinMs = 500

/**
 * The signals that end a command in good order. SIGHUP is one where a terminal shows what the process writes: it may be
 * closed. Elsewhere it is left as it is, as nohup has it ignored.
 */
export function endingSignals({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>): NodeJS.Signals[] {
  return ['SIGINT', 'SIGTERM', ...(stdout.isTTY || stderr.isTTY ? ['SIGHUP' as const] : [])]
}

/**
 * The abort signal of a command: fires on `endingSignals` and when the standard output is closed. A second signal
 * ends the process at once. If the output cannot be written, the reason is the error that says so.
 */
export function interruptionOf(process: NodeJS.Process): AbortSignal {
  const controller = new AbortController()
  const signalNames = endingSignals(process)
  const stop = () => {
    controller.abort()
    // Without a listener, a signal ends the process even while native code blocks the thread.
    setTimeout(() => signalNames.forEach((name) => process.off(name, stop)), repeatWithinMs).unref()
  }
  signalNames.forEach((name) => process.on(name, stop))
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    controller.abort(error.code === 'EPIPE' ? outputClosed : outputFailure(error))
  })
  // Unread progress is no reason to stop.
  process.stderr.on('error', () => undefined)
  return controller.signal
}

function outputFailure(error: NodeJS.ErrnoException): NpluskError {
  const known = ioError(error, 'write to the standard output')
  if (known instanceof NpluskError) return known
  return new NpluskError('IO', `Cannot write to the standard output: ${error.message}.`, { cause: error })
}
