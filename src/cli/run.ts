import { homedir } from 'node:os'
import { CommanderError } from 'commander'
import { widthOf, type Environment } from './environment.js'
import { errorLine, exitCodes, failureOf, traceOf } from './failure.js'
import { interruptionOf, outputClosed } from './interruption.js'
import { checkOptionValues } from './option-values.js'
import { buildProgram } from './program.js'
import { relaunchProcess, Relaunched } from './relaunch.js'
import { wrap } from './wrap.js'

/** Runs the command line that a process was started with, and sets its exit code. */
export async function runProcess(process: NodeJS.Process): Promise<void> {
  const { argv, env: variables, stdin, stdout, stderr } = process
  const signal = interruptionOf(process)
  // A process whose last thread rests while something is still waited for ends without a word, and has not done its work.
  process.exitCode = exitCodes.failed
  // The process ends by itself: `process.exit` would cut off output that is still on its way.
  process.exitCode = await runCommandLine(argv.slice(2), {
    variables,
    home: homedir(),
    stdin,
    stdout,
    stderr,
    signal,
    relaunch: (more) => relaunchProcess(process, more),
  })
}

/**
 * Runs one command line.
 *
 * @param args without the program's own name
 * @returns the exit code
 */
async function runCommandLine(args: readonly string[], environment: Environment): Promise<number> {
  const { stderr, signal } = environment
  try {
    const program = await buildProgram(environment, args)
    const explained = checkOptionValues(program, args)
    if (explained) explained.outputHelp()
    else await program.parseAsync(args, { from: 'user' })
    return exitCodes.done
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    if (error instanceof Relaunched) return error.exitCode
    if (signal.reason === outputClosed) return exitCodes.done
    const { exitCode, message } = failureOf(error, signal)
    stderr.write(`${wrap(errorLine(message), widthOf(stderr, environment.variables), 2)}\n`)
    if (args.includes('--verbose')) stderr.write(`${traceOf(error)}\n`)
    return exitCode
  }
}
