/**
 * The life of a program that calls the library very often: each kind of call COUNT times in this one process, which
 * says by a JSON line what it left behind, and then ends by itself.
 *
 *     node --expose-gc dist/torture/resources/life.js FOLDER COUNT NAMES
 *
 * NAMES is a JSON array of kinds of calls.
 */
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { libraryCalls } from '../shared/library-calls.js'
import { makeTinyWorld } from '../shared/tiny-world.js'
import { growthOf } from './growth.js'
import { differences, settled } from '../shared/held.js'

/** What many calls of one kind did. */
export interface Life {
  readonly name: string
  readonly calls: number
  readonly seconds: number
  /** What was there more of after them. */
  readonly left: readonly string[]
  /** [bytes] resident at even steps, the garbage collected before each */
  readonly resident: readonly number[]
  /** Bytes by which the process grew with a call, over the last half of them. */
  readonly growth: number
  /** The same of JavaScript's heap. */
  readonly heapGrowth: number
}

const [folder, count, names] = process.argv.slice(2) as [string, string, string]
const samples = 20
const step = Math.max(1, Math.floor(Number(count) / samples))

await mkdir(folder)
const world = await makeTinyWorld(folder)
const named = new Set(JSON.parse(names) as string[])
const calls = libraryCalls.filter(({ name }) => named.has(name))
// What is loaded once stays; so do the threads of decoder and runtime.
for (const { run } of calls) for (let i = 0; i < 3; i++) await run(world, {})

for (const { name, run } of calls) {
  const before = await settled(tmpdir())
  const start = performance.now()
  const resident: number[] = []
  const heap: number[] = []
  for (let i = 1; i <= Number(count); i++) {
    await run(world, {})
    if (i % step > 0) continue
    globalThis.gc?.()
    const { rss, heapUsed } = process.memoryUsage()
    resident.push(rss)
    heap.push(heapUsed)
  }
  const seconds = (performance.now() - start) / 1000
  const left = differences(before, await settled(tmpdir(), before))
  const growth = growthOf(resident, step)
  const life: Life = { name, calls: Number(count), seconds, left, resident, growth, heapGrowth: growthOf(heap, step) }
  console.log(JSON.stringify(life))
}
