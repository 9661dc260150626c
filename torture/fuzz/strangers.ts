import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'

/** Files that the names of `nastyNames` would make. */
const forged = ['/forged', '/tmp/forged', 'forged']

/** What was written outside a target's folder, which is the only thing in the folder `around`. */
export async function strangersIn(around: string): Promise<string | undefined> {
  const others = (await readdir(around)).filter((name) => name !== 'inside')
  const strangers = [...others, ...forged.filter((path) => existsSync(path))]
  return strangers.length === 0 ? undefined : `It writes outside its folder: ${strangers.join(', ')}.`
}
