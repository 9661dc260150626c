import { ioError, NpluskError } from '../core/errors.js'

/** The signal's reason when nobody reads the output any more, as with `| head`: no failure. */
export const outputClosed = Symbol('output closed')

// npm and npx pass a Ctrl-C on to a child that the terminal has told already: within this time it is the same one.
const repeatWithinMs = 500

const signalNames = ['SIGINT', 'SIGTERM'] as const

/**
 * How a running command is told to stop: fires on SIGINT, on SIGTERM and when the standard output is closed. A second
 * signal ends the process at once. Where the output cannot be written, the signal's reason is the error that says so.
 */
export function interruptionOf(process: NodeJS.Process): AbortSignal {
  const controller = new AbortController()
  const stop = () => {
    controller.abort()
    // Without a listener, a signal ends the process even while native code holds the thread.
    setTimeout(() => signalNames.forEach((name) => process.off(name, stop)), repeatWithinMs).unref()
  }
  signalNames.forEach((name) => process.on(name, stop))
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    controller.abort(error.code === 'EPIPE' ? outputClosed : outputFailure(error))
  })
  // Progress that nobody sees is no reason to stop.
  process.stderr.on('error', () => undefined)
  return controller.signal
}

function outputFailure(error: NodeJS.ErrnoException): NpluskError {
  const known = ioError(error, 'write to the standard output')
  if (known instanceof NpluskError) return known
  return new NpluskError('IO', `Cannot write to the standard output: ${error.message}.`, { cause: error })
}
