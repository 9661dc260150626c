import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { median } from './rounds.js'
import type { SpeedContext } from './section.js'

/** What a process of a side tells: that it is ready, then the seconds of every round. */
export type SideMessage = { readonly count: number } | { readonly seconds: number }

/**
 * Measures what a section compares, each in a process of its own: two sessions in one process hold each other back. All
 * are open at once and take turns, so that what else the machine does meets all of them.
 *
 * @returns images a second of each, by the median of its rounds
 */
export async function forkSides<Name extends string>(
  section: string,
  names: readonly Name[],
  rounds: number,
  { data, cacheDir }: Pick<SpeedContext, 'data' | 'cacheDir'>,
): Promise<Record<Name, number>> {
  const file = fileURLToPath(new URL('run-side.js', import.meta.url))
  const children = names.map((name) => ({ name, child: fork(file, [section, name, data, cacheDir]) }))
  try {
    const sides = []
    for (const { name, child } of children) sides.push({ name, child, ...(await told(child)), seconds: [] as number[] })
    for (let round = 0; round < rounds; round++) {
      for (const { child, seconds } of sides) {
        child.send('round')
        seconds.push((await told(child)).seconds)
      }
    }
    return Object.fromEntries(sides.map(({ name, count, seconds }) => [name, count / median(seconds)])) as Record<
      Name,
      number
    >
  } finally {
    await Promise.all(children.map(({ child }) => ended(child)))
  }
}

async function told(child: ChildProcess): Promise<{ readonly count: number; readonly seconds: number }> {
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`a side ended with ${code} before it was measured`)
  })
  const [message] = (await Promise.race([once(child, 'message'), failed])) as [SideMessage]
  failed.catch(() => undefined)
  return { count: NaN, seconds: NaN, ...message }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exit = once(child, 'exit')
  child.disconnect()
  await exit
}
