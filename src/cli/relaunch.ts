import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import type { Command } from 'commander'
import { cudaSurroundings } from '../cuda/folder.js'
import type { Environment } from './environment.js'
import { endingSignals } from './interruption.js'

/** Set in the new process, so that it is not relaunched again. */
const guard = 'NPLUSK_RELAUNCHED'

/** Thrown after a new process has run the command. */
export class Relaunched extends Error {
  constructor(readonly exitCode: number) {
    super('the command ran in a process of its own')
  }
}

/**
 * Runs the command in a new process if CUDA is set up but this process cannot find it: the folder of its libraries must
 * be in LD_LIBRARY_PATH before a process starts. Does nothing for commands that run no model, or with the CPU.
 *
 * @throws Relaunched with the exit code
 */
export async function relaunchForCuda(environment: Environment, command: Command, cacheDir: string): Promise<void> {
  const { variables, relaunch } = environment
  const usesDevice = command.options.some(({ long }) => long === '--device') || command.name() === 'doctor'
  if (!usesDevice || command.opts<{ device?: string }>().device === 'cpu' || variables[guard] !== undefined) return
  const surroundings = cudaSurroundings(cacheDir, variables['LD_LIBRARY_PATH'])
  if (surroundings) throw new Relaunched(await relaunch({ ...surroundings, [guard]: '1' }))
}

/**
 * Runs the same command line in a new process with further environment variables; streams and signals are passed on.
 *
 * @returns its exit code
 */
export async function relaunchProcess(
  process: NodeJS.Process,
  variables: Readonly<Record<string, string>>,
): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, ...variables },
  })
  // A terminal sends a Ctrl-C to both processes; the new one takes two in quick succession for one.
  const forward = (signal: NodeJS.Signals) => child.kill(signal)
  const signalNames = endingSignals(process)
  signalNames.forEach((name) => process.on(name, forward))
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    return code ?? 128 + constants.signals[signal!]
  } finally {
    signalNames.forEach((name) => process.off(name, forward))
  }
}
