/**
 * A program that aborts calls of the library, at random instants: COUNT of them, of kinds in turn. It says what became
 * of each by a JSON line, at last what is left open, and then ends by itself.
 *
 *     node dist/torture/aborts/life.js FOLDER SEED COUNT
 */
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { attemptsOf } from '../shared/attempts.js'
import { differences, settled } from '../shared/held.js'
import { libraryCalls } from '../shared/library-calls.js'
import { makeTinyWorld } from '../shared/tiny-world.js'
import { abortOnce, keepBundle, type Aborted } from './attempt.js'

/** A line that the program prints. */
export type Line =
  | ({ readonly kind: 'attempt'; readonly name: string; readonly case: string } & Aborted)
  | { readonly kind: 'end'; readonly left: readonly string[] }

const [folder, seed, count] = process.argv.slice(2)
const print = (line: Line) => console.log(JSON.stringify(line))

await mkdir(folder!)
const world = await makeTinyWorld(folder!)
await keepBundle(world)
const usualMs = new Map<string, number>()
const before = await settled(tmpdir())
const signal = new AbortController().signal
const calls = libraryCalls.filter(({ canBeAborted }) => canBeAborted)
for (const attempt of attemptsOf({ count: Number(count), seed: Number(seed), signal })) {
  const call = calls[attempt.i % calls.length]!
  if (!usualMs.has(call.name)) {
    await call.run(world, {})
    const start = performance.now()
    await call.run(world, {})
    usualMs.set(call.name, performance.now() - start)
  }
  const aborted = await abortOnce(world, call, usualMs.get(call.name)!, attempt.random)
  print({ kind: 'attempt', name: call.name, case: attempt.case, ...aborted })
}
print({ kind: 'end', left: differences(before, await settled(tmpdir(), before)) })
