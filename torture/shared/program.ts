import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { mainFile } from '../../test/cli/spawn.js'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

export interface Running {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Called with what ends it by SIGKILL. */
  readonly onStart?: (kill: () => void) => void
}

/** Milliseconds after which a command hangs. */
const patience = 60_000

/** Runs `extend` as it ships. One that hangs is killed: see `hangs`. */
export async function runProgram(args: readonly string[], { cwd, env = {}, onStart }: Running): Promise<Ended> {
  const start = performance.now()
  const child = spawn(process.execPath, [mainFile, ...args, '--quiet'], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...env },
  })
  const kill = () => void child.kill('SIGKILL')
  const timer = setTimeout(kill, patience)
  onStart?.(kill)
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ])
  clearTimeout(timer)
  return { code, signal, stdout, stderr, ms: performance.now() - start }
}

/** Whether a command that nothing was to kill did not end. */
export function hangs({ signal, ms }: Ended): boolean {
  return signal === 'SIGKILL' && ms >= patience
}
