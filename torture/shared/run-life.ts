import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Fault } from '../section.js'

/** Longest time that a process may take to end once all is done. */
const maxEnding = 3_000

/** How a process ended. */
export interface Ending {
  /** From its last line to its end. */
  readonly milliseconds: number
  readonly faults: readonly Fault[]
}

/**
 * Runs one of our programs in a process of its own, with a folder of its own for temporary files; it must say nothing
 * on the standard error stream, and end by itself soon after its last line.
 *
 * @param args of Node: its options, the program, and what that is told
 * @param folder exists; `tmp` in it is for temporary files
 * @param onLine is told the value of every line of JSON that it prints
 */
export async function runLife<Line>(
  args: readonly string[],
  folder: string,
  signal: AbortSignal,
  onLine: (line: Line) => void,
): Promise<Ending> {
  const temporary = join(folder, 'tmp')
  await mkdir(temporary)
  const child = spawn(process.execPath, args, {
    env: { ...process.env, TMPDIR: temporary, CUDA_VISIBLE_DEVICES: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = () => child.kill()
  signal.addEventListener('abort', stop)
  const ended = once(child, 'close') as Promise<[number | null]>
  const errors = textOf(child.stderr)
  let last = performance.now()
  for await (const line of createInterface({ input: child.stdout })) {
    onLine(JSON.parse(line) as Line)
    last = performance.now()
  }
  const [code] = await ended
  signal.removeEventListener('abort', stop)
  const milliseconds = performance.now() - last
  const text = await errors
  const wrong = [
    ...(code === 0 ? [] : [`ended with ${code}`]),
    ...(text === '' ? [] : [`said: ${text}`]),
    ...(milliseconds > maxEnding ? [`ended ${Math.round(milliseconds)} ms after it was done`] : []),
  ]
  return { milliseconds, faults: signal.aborted ? [] : wrong.map((what) => ({ case: 'the process', what })) }
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}
