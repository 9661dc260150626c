import { watch, type FSWatcher } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Random } from '../../src/math/random.js'

/** Milliseconds from the start of a command at which something changed in the folders that were there before. */
export type Changes = readonly number[]

/** An instant of a run: so many milliseconds after so many changes; the first 0 are its start. */
export interface Instant {
  readonly changes: number
  readonly ms: number
}

/** Calls back at every change in a folder and those in it, two levels deep. Close the result. */
export async function watchChanges(folder: string, onChange: () => void): Promise<Disposable> {
  const watchers: FSWatcher[] = []
  const add = async (path: string, levels: number): Promise<void> => {
    watchers.push(watch(path, onChange).on('error', () => undefined))
    if (levels === 0) return
    const entries = await readdir(path, { withFileTypes: true })
    for (const entry of entries) if (entry.isDirectory()) await add(join(path, entry.name), levels - 1)
  }
  await add(folder, 2)
  return { [Symbol.dispose]: () => watchers.forEach((watcher) => watcher.close()) }
}

/**
 * Draws an instant of a run: one in ten anywhere, the others behind a change, before the next.
 *
 * @param changes of an undisturbed run
 * @param ms how long that took
 */
export function drawInstant(changes: Changes, ms: number, random: Random): Instant {
  if (changes.length === 0 || random.next() < 0.1) return { changes: 0, ms: ms * random.next() }
  const i = random.integer(changes.length)
  const gap = (changes[i + 1] ?? ms) - changes[i]!
  // Some of the gap, most often little: what follows a change follows at once.
  return { changes: i + 1, ms: Math.max(gap, 5) * random.next() ** 2 }
}
