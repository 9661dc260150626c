import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** The program as it ships. */
export const mainFile = fileURLToPath(new URL('../../src/program/start.js', import.meta.url))

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `extend` in a process of its own. */
export async function extend(
  args: readonly string[],
  {
    cwd,
    env = {},
    input = '',
    nodeArgs = [],
  }: { cwd: string; env?: Record<string, string>; input?: string; nodeArgs?: readonly string[] },
): Promise<Outcome> {
  const child = spawn(process.execPath, [...nodeArgs, mainFile, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
  })
  child.stdin.on('error', () => undefined) // it may end before it has read everything
  child.stdin.end(input)
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { code, stdout, stderr }
}
