import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Fault, Section, Task } from '../section.js'
import { libraryCalls } from '../shared/library-calls.js'
import { runLife } from '../shared/run-life.js'
import { withFolder } from '../shared/temporary.js'
import type { Life } from './life.js'

const program = fileURLToPath(new URL('life.js', import.meta.url))

/** Calls of a kind from which on growth is told from noise. */
const enoughToMeasure = 200
/** Bytes that a call may cost for good. */
const maxGrowth = 10_000

export const section: Section = {
  name: 'resources',
  what: 'calls of every kind, in one process: handles, descriptors, threads, temporary files and memory before and after, and whether the process ends by itself',
  count: 1_000,
  run: liveWith,
}

/** Runs the calls in a process of their own; `only` goes by the names of their kinds. */
export function liveWith({ count, only, signal, say }: Omit<Task, 'seed'>) {
  const names = libraryCalls.map(({ name }) => name).filter((name) => only === undefined || only.test(name))
  return withFolder(async (folder) => {
    const lives: Life[] = []
    const args = ['--expose-gc', program, join(folder, 'world'), String(count), JSON.stringify(names)]
    const ending = await runLife<Life>(args, folder, signal, (life) => {
      lives.push(life)
      say(`${life.name}: ${(life.growth / 1000).toFixed(1)} kB a call, ${life.left.join(', ') || 'nothing left'}`)
    })
    const faults: Fault[] = lives.flatMap((life) => faultsOf(life).map((what) => ({ case: life.name, what })))
    const growths = lives.map(({ name, growth }) => [`${name} (kB a call)`, growth / 1000] as const)
    return {
      tried: lives.reduce((sum, { calls }) => sum + calls, 0),
      faults: [...faults, ...ending.faults],
      figures: {
        'ending (ms)': ending.milliseconds,
        ...(count >= enoughToMeasure ? Object.fromEntries(growths) : {}),
      },
    }
  })
}

function faultsOf({ calls, left, growth, heapGrowth }: Life): string[] {
  if (calls < enoughToMeasure) return [...left]
  const grows = (what: string, bytes: number) =>
    bytes > maxGrowth ? [`${what} grows by ${Math.round(bytes / 1000)} kB a call`] : []
  return [...left, ...grows('the process', growth), ...grows("JavaScript's heap", heapGrowth)]
}
