import { CommanderError } from 'commander'
import { homeFolder } from '../catalog/cache-folder.js'
import { NpluskError } from '../core/errors.js'
import { widthOf, type Environment } from './environment.js'
import { errorLine, exitCodes, failureOf, traceOf } from './failure.js'
import { interruptionOf, outputClosed } from './interruption.js'
import { checkOptionValues } from './option-values.js'
import { buildProgram } from './program.js'
import { relaunchProcess, Relaunched } from './relaunch.js'
import { show, showJson } from './terminal/screen.js'
import { wrap } from './wrap.js'

/** Runs the command line of a process, and sets its exit code. */
export async function runProcess(process: NodeJS.Process): Promise<void> {
  const { argv, env: variables, stdin, stdout, stderr } = process
  const signal = interruptionOf(process)
  // Until the work is done: Node ends a process silently when nothing is left to keep it alive, even while a promise is
  // pending.
  process.exitCode = exitCodes.failed
  // `process.exit` would cut off pending output, so the process ends by itself.
  const args = argv.slice(2)
  const exitCode = await runCommandLine({
    args,
    variables,
    home: homeFolder(),
    stdin,
    stdout,
    stderr,
    signal,
    relaunch: (more) => relaunchProcess(process, more),
  })
  process.exitCode = exitCode
  // The last output may still fail to be written.
  await new Promise<void>((resolve) => stdout.write('', () => setImmediate(resolve)))
  if (exitCode === exitCodes.done && signal.reason instanceof NpluskError) {
    process.exitCode = reportError(signal.reason, args, { stderr, signal, variables })
  }
}

/**
 * Runs one command line.
 *
 * @returns the exit code
 */
async function runCommandLine(environment: Environment): Promise<number> {
  const { args, signal } = environment
  try {
    const program = await buildProgram(environment, args)
    const explained = checkOptionValues(program, args)
    if (explained) explained.outputHelp()
    else await program.parseAsync(args, { from: 'user' })
    return exitCodes.done
  } catch (error) {
    // A request for help.
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done
    if (error instanceof Relaunched) return error.exitCode
    if (signal.reason === outputClosed) return exitCodes.done
    return reportError(signal.reason instanceof NpluskError ? signal.reason : error, args, environment)
  }
}

/**
 * Writes an error message.
 *
 * @returns the exit code
 */
function reportError(
  error: unknown,
  args: readonly string[],
  { stderr, signal, variables }: Pick<Environment, 'stderr' | 'signal' | 'variables'>,
): number {
  const { exitCode, message } = failureOf(error, signal)
  if (wantsJsonProgress(args)) {
    const code = error instanceof NpluskError ? error.code : 'UNEXPECTED'
    const trace = args.includes('--verbose') ? { trace: traceOf(error) } : {}
    showJson(stderr, { type: 'error', code, message, ...trace })
    return exitCode
  }
  show(stderr, `${wrap(errorLine(message), widthOf(stderr, variables), 2)}\n`)
  if (args.includes('--verbose')) show(stderr, `${traceOf(error)}\n`)
  return exitCode
}

function wantsJsonProgress(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  const options = end < 0 ? args : args.slice(0, end)
  return options.some((word, i) => word === '--progress=json' || (word === '--progress' && options[i + 1] === 'json'))
}
