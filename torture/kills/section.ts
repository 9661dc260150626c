import { cp, mkdir, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Fault, Outcome, Section, Task } from '../section.js'
import { attemptsOf, type Attempt } from '../shared/attempts.js'
import { makeInputs } from '../shared/inputs.js'
import { bundleScenarios } from '../shared/scenarios/bundles.js'
import { slowHub } from '../shared/scenarios/downloads.js'
import { fileScenarios } from '../shared/scenarios/files.js'
import { withFolder } from '../shared/temporary.js'
import { judge, prepare, run, type Prepared } from '../shared/workplace.js'
import { crowdOf, runAtOnce } from './at-once.js'
import { drawInstant, watchChanges, type Changes } from './instants.js'

export const section: Section = {
  name: 'kills',
  what: 'SIGKILL at random instants of every command that writes; what it wrote to has to be old or new, and the next command has to work',
  count: 1000,
  run: (task) => withFolder((folder) => killAll(task, folder)),
}

interface Target {
  readonly prepared: Prepared
  /** Of an undisturbed run. */
  readonly changes: Changes
}

async function killAll(task: Task, folder: string): Promise<Outcome> {
  const inputs = await makeInputs(folder)
  await using hub = await slowHub(inputs)
  const all = [...bundleScenarios(inputs), ...fileScenarios(inputs), hub.scenario]
  const scenarios = all.filter(({ name }) => task.only?.test(name) ?? true)
  const targets: Target[] = []
  for (const scenario of scenarios) {
    const prepared = await prepare(scenario, inputs, folder)
    targets.push({ prepared, changes: await changesOf(prepared, join(folder, 'undisturbed')) })
  }
  const faults: Fault[] = []
  const crowd = task.only !== undefined ? undefined : await crowdOf(inputs, folder)
  let atOnce = 0
  // Some have ended before they are killed, and do not count.
  const attempts = attemptsOf({ ...task, count: 5 * task.count })
  let tried = 0
  let ended = 0
  const found = (name: string, what: string) => {
    faults.push({ case: name, what })
    task.say(`kills: ${name}: ${what}`)
  }
  const work = async () => {
    for (const attempt of attempts) {
      if (tried >= task.count) return
      if (crowd !== undefined && attempt.i % 10 === 9) {
        atOnce++
        const problem = await runAtOnce(crowd, attempt.random, join(folder, String(attempt.i)))
        if (problem !== undefined) found(`${attempt.case}, at once`, problem)
        continue
      }
      const target = targets[attempt.i % targets.length]!
      const { name } = target.prepared.scenario
      const { wasKilled, problem } = await killOnce(target, attempt, join(folder, String(attempt.i)))
      if (wasKilled) tried++
      else ended++
      if (problem !== undefined) found(`${attempt.case}, ${name}`, problem)
      if (wasKilled && tried % 50 === 0) task.say(`kills: ${tried} killed, ${faults.length} faults`)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return { tried, faults, figures: { scenarios: targets.length, endedBefore: ended, atOnce } }
}

/** Runs the command undisturbed, to know when it writes. */
async function changesOf({ scenario, template }: Prepared, folder: string): Promise<Changes> {
  await cp(template, folder, { recursive: true })
  const start = performance.now()
  const changes: number[] = []
  using _ = await watchChanges(folder, () => changes.push(performance.now() - start))
  await run(scenario, scenario.command, folder)
  await rm(folder, { recursive: true })
  return changes
}

async function killOnce({ prepared, changes }: Target, { random }: Attempt, folder: string) {
  const { scenario, template, ms } = prepared
  await mkdir(folder)
  await cp(template, folder, { recursive: true })
  const instant = drawInstant(changes, ms, random)
  let seen = 0
  let kill: () => void = () => undefined
  const killLater = () => setTimeout(() => kill(), instant.ms)
  using watching = await watchChanges(folder, () => {
    if (++seen === instant.changes) killLater()
  })
  const onStart = (end: () => void) => {
    kill = end
    if (instant.changes === 0) killLater()
  }
  const ended = await run(scenario, scenario.command, folder, { onStart })
  watching[Symbol.dispose]()
  const wasKilled = ended.signal === 'SIGKILL'
  const problem = wasKilled ? await judge(prepared, folder) : ended.code === 0 ? undefined : `failed: ${ended.stderr}`
  await rm(folder, { recursive: true })
  return { wasKilled, problem }
}
