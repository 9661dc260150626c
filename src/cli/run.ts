import { CommanderError } from 'commander'
import type { Environment } from './environment.js'
import { errorLine, exitCodes, failureOf, traceOf } from './failure.js'
import { outputClosed } from './interruption.js'
import { buildProgram } from './program.js'
import { Relaunched } from './relaunch.js'

/**
 * Runs one command line.
 *
 * @param args without the program's own name
 * @returns the exit code
 */
export async function runCommandLine(args: readonly string[], environment: Environment): Promise<number> {
  const { stderr, signal } = environment
  try {
    const program = await buildProgram(environment, args)
    await program.parseAsync(args, { from: 'user' })
    return exitCodes.done
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    if (error instanceof Relaunched) return error.exitCode
    if (signal.reason === outputClosed) return exitCodes.done
    const { exitCode, message } = failureOf(error, signal)
    stderr.write(`${errorLine(message)}\n`)
    if (args.includes('--verbose')) stderr.write(`${traceOf(error)}\n`)
    return exitCode
  }
}
