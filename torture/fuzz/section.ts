import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hashOf } from '../../src/core/hash-of.js'
import type { Fault, Outcome, Section, Task } from '../section.js'
import { withFolder } from '../shared/temporary.js'
import { fuzzInChild } from './run-child.js'
import { targets } from './targets.js'

/** Where the inputs of findings are left, to be read again by `child.js TARGET --input FILE`. */
const findingsFolder = join('torture', 'findings')

/** Every reader of what comes from elsewhere, `count` inputs each. */
export const section: Section = {
  name: 'fuzz',
  what: 'inputs that are changed by chance, guided by what of the program they make run, are given to every reader of files, messages and requests.',
  count: 100_000,
  run: fuzzAll,
}

async function fuzzAll({ count, seed, signal, say }: Task): Promise<Outcome> {
  const faults: Fault[] = []
  const figures: Record<string, number> = { targets: targets.length }
  let tried = 0
  // Most of the time goes into making and deleting small files.
  const temporary = existsSync('/dev/shm') ? { TMPDIR: '/dev/shm' } : {}
  await withFolder(async (folder) => {
    for (const { name } of targets) {
      if (signal.aborted) break
      const outcome = await fuzzInChild(name, { count, seed, signal, last: join(folder, 'last'), variables: temporary })
      tried += outcome.tried
      figures[`${name} per second`] = Math.round(outcome.tried / outcome.seconds)
      say(
        `fuzz: ${name}: ${outcome.tried} in ${outcome.seconds.toFixed(0)} s, ${outcome.kept} kept, ${outcome.findings.length} found`,
      )
      for (const { what, input } of outcome.findings) {
        const file = join(findingsFolder, `${name}-${hashOf(input).slice(0, 12)}`)
        await mkdir(findingsFolder, { recursive: true })
        await writeFile(file, input)
        faults.push({ case: `${name} --input ${file}`, what })
      }
    }
  })
  return { tried, faults, figures }
}
