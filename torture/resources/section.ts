import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Fault, Section, Task } from '../section.js'
import { withFolder } from '../shared/temporary.js'
import type { Life } from './life.js'

const program = fileURLToPath(new URL('life.js', import.meta.url))

/** Calls of a kind from which on growth is told from noise. */
const enoughToMeasure = 200
/** Bytes that a call may cost for good. */
const maxGrowth = 10_000
/** Longest time that the process may take to end once all is done. */
const maxEnding = 3_000

export const section: Section = {
  name: 'resources',
  what: 'calls of every kind, in one process: handles, descriptors, threads, temporary files and memory before and after, and whether the process ends by itself',
  count: 1_000,
  run: (task) => liveWith(task),
}

/**
 * Runs the calls in a process of their own.
 *
 * @param names kinds of calls; default: all
 */
export function liveWith({ count, signal, say }: Omit<Task, 'seed'>, names?: readonly string[]) {
  return withFolder(async (folder) => {
    await mkdir(join(folder, 'tmp'))
    const args = ['--expose-gc', program, join(folder, 'world'), String(count), ...(names ? [names.join(',')] : [])]
    const child = spawn(process.execPath, args, {
      env: { ...process.env, TMPDIR: join(folder, 'tmp'), CUDA_VISIBLE_DEVICES: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    })
    const ended = once(child, 'close') as Promise<[number | null]>
    const errors = textOf(child.stderr)
    const lives: Life[] = []
    let last = performance.now()
    for await (const line of createInterface({ input: child.stdout })) {
      const life = JSON.parse(line) as Life
      lives.push(life)
      last = performance.now()
      say(`${life.name}: ${(life.growth / 1000).toFixed(1)} kB a call, ${life.left.join(', ') || 'nothing left'}`)
    }
    const [code] = await ended
    const endingMs = performance.now() - last
    const faults: Fault[] = lives.flatMap((life) => faultsOf(life).map((what) => ({ case: life.name, what })))
    const text = await errors
    if (code !== 0 || text !== '') faults.push({ case: 'the process', what: `ended with ${code}, and said: ${text}` })
    if (endingMs > maxEnding)
      faults.push({ case: 'the process', what: `ended ${Math.round(endingMs)} ms after it was done` })
    const growths = lives.map(({ name, growth }) => [`${name} (kB a call)`, growth / 1000] as const)
    const figures = { 'ending (ms)': endingMs, ...(count >= enoughToMeasure ? Object.fromEntries(growths) : {}) }
    return { tried: lives.reduce((sum, { calls }) => sum + calls, 0), faults, figures }
  })
}

function faultsOf({ calls, left, growth, heapGrowth }: Life): string[] {
  if (calls < enoughToMeasure) return [...left]
  const grows = (what: string, bytes: number) =>
    bytes > maxGrowth ? [`${what} grows by ${Math.round(bytes / 1000)} kB a call`] : []
  return [...left, ...grows('the process', growth), ...grows("JavaScript's heap", heapGrowth)]
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}
