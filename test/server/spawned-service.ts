import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { mainFile } from '../cli/spawn.js'

/** A service in a process of its own. */
export interface SpawnedService extends AsyncDisposable {
  /** Such as `http://127.0.0.1:1234`. */
  readonly url: string
  /** All that it has written to stderr so far. */
  stderr(): string
  /** Sends a signal, and waits for the end. @returns the exit code */
  stop(signal: NodeJS.Signals): Promise<number | null>
}

/** Starts `extend serve` with these arguments at a free port; it is ended by SIGTERM. */
export async function spawnService(
  args: readonly string[],
  env: Record<string, string> = {},
  cwd?: string,
): Promise<SpawnedService> {
  const child = spawn(process.execPath, [mainFile, 'serve', '--port', '0', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...env },
    cwd,
  })
  const ended = once(child, 'close') as Promise<[number | null]>
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const lines = createInterface({ input: child.stdout })
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [unknown]
  if (typeof line !== 'string') throw new Error(`extend serve ended with ${String(line)}: ${errors}`)
  const stop = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    return (await ended)[0]
  }
  return {
    url: (JSON.parse(line) as { url: string }).url,
    stderr: () => errors,
    stop,
    async [Symbol.asyncDispose]() {
      await stop('SIGTERM')
    },
  }
}
