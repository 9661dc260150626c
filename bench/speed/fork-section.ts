import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { SpeedContext } from './section.js'

/**
 * The figures of one section, measured in a process of its own: starting another takes longer by some 50 ms for every
 * gigabyte that a process holds, and earlier sections leave some.
 */
export async function forkSection(
  name: string,
  { data, cacheDir }: Pick<SpeedContext, 'data' | 'cacheDir'>,
): Promise<Record<string, number>> {
  const child = fork(fileURLToPath(new URL('run-section.js', import.meta.url)), [name, data, cacheDir])
  let figures: Record<string, number> | undefined
  child.once('message', (message) => (figures = message as Record<string, number>))
  const [code] = (await once(child, 'close')) as [number | null]
  if (figures === undefined) throw new Error(`the section ${name} ended with ${code}, and told no figures`)
  return figures
}
