import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

/** What a process holds at an instant. */
export interface Held {
  /** What its descriptors lead to, counted by kind or path. */
  readonly descriptors: Readonly<Record<string, number>>
  /** What keeps the event loop alive, counted by kind. */
  readonly resources: Readonly<Record<string, number>>
  /** Threads by name, without libvips's own: it keeps some for later pictures, and ends them after some seconds. */
  readonly threads: Readonly<Record<string, number>>
  /** Names in the folder of temporary files. */
  readonly temporary: readonly string[]
}

/**
 * What this process holds once all has settled: threads that wait for further work end by themselves after a second.
 *
 * @param expected what is waited for, some seconds at most
 */
export async function settled(temporary: string, expected?: Held): Promise<Held> {
  for (let round = 0; ; round++) {
    const held = heldNow(temporary)
    if (round === 40 || (expected && differences(expected, held).length === 0)) return held
    if (!expected && round === 15) return held
    await wait(100)
  }
}

/** By Linux's own account; without descriptors and threads elsewhere. */
function heldNow(temporary: string): Held {
  // Sockets and pipes have numbers.
  const descriptors = readEach('/proc/self/fd', (path) => readlinkSync(path).replace(/\[\d+\]$/, ''))
  const threads = readEach('/proc/self/task', (path) => readFileSync(`${path}/comm`, 'utf8').trim())
  return {
    descriptors: countOf(descriptors),
    // The wait of `settled` itself is one of the timeouts.
    resources: countOf(process.getActiveResourcesInfo()),
    threads: countOf(threads.filter((name) => name !== 'libvips worker')),
    temporary: listOf(temporary).sort(),
  }
}

/** What is there more of than before, one sentence each. */
export function differences(before: Held, after: Held): string[] {
  const more = (kind: string, one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>) =>
    Object.entries(other)
      .filter(([name, count]) => count > (one[name] ?? 0))
      .map(([name, count]) => `${count} of ${kind} ${name} where there were ${one[name] ?? 0}`)
  return [
    ...more('descriptor', before.descriptors, after.descriptors),
    ...more('handle', before.resources, after.resources),
    ...more('thread', before.threads, after.threads),
    ...after.temporary.filter((name) => !before.temporary.includes(name)).map((name) => `temporary file ${name}`),
  ]
}

/** What is read of each entry of a folder; what has gone in between is left out. */
function readEach(folder: string, read: (path: string) => string): string[] {
  return listOf(folder).flatMap((name) => {
    try {
      return [read(`${folder}/${name}`)]
    } catch {
      return []
    }
  })
}

function listOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function countOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
