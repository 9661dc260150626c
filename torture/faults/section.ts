import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '../../src/math/random.js'
import type { Fault, Outcome, Section, Task } from '../section.js'
import { makeInputs } from '../shared/inputs.js'
import type { Scenario } from '../shared/scenario.js'
import { bundleScenarios } from '../shared/scenarios/bundles.js'
import { fileScenarios } from '../shared/scenarios/files.js'
import { withFolder } from '../shared/temporary.js'
import { prepare } from '../shared/workplace.js'
import { faultsAt, injectOnce } from './inject.js'
import { logCalls } from './log-calls.js'
import { lossesOf, loseOnce } from './power-loss.js'
import { buildPreload } from './preload.js'

export const section: Section = {
  name: 'faults',
  what: 'every call that writes fails once (full or read-only disk, device error, too many files, half a write, SIGKILL), and the power fails after each; the old or the new is whole, and the error a true sentence',
  count: 10_000,
  run: (task) => withFolder((folder) => injectAll(task, folder)),
}

/** One attempt: a fault in a command, or a power failure. */
interface Case {
  readonly name: string
  /** What is wrong afterwards. */
  try(folder: string): Promise<string | undefined>
}

async function injectAll(task: Task, folder: string): Promise<Outcome> {
  const library = join(folder, 'preload.so')
  const reason = await buildPreload(library)
  if (reason !== undefined) return { tried: 0, faults: [], figures: {}, skipped: [reason] }
  const inputs = await makeInputs(folder)
  const random = createRandom(task.seed)
  const figures: Record<string, number> = {}
  const cases: Case[] = []
  for (const scenario of scenariosFor(task, [...bundleScenarios(inputs), ...fileScenarios(inputs)])) {
    const prepared = await prepare(scenario, inputs, folder)
    const logged = await logCalls(prepared, library, folder)
    const faults = faultsAt(logged.calls)
    const losses = scenario.kind === 'cache' ? [] : lossesOf(prepared, logged, random)
    figures[`calls of ${scenario.name}`] = logged.calls.length
    figures[`power failures of ${scenario.name}`] = losses.length
    cases.push(
      ...faults.map((fault) => ({
        name: `${scenario.name}: ${fault.kind} at call ${fault.at}`,
        try: (place: string) => injectOnce(prepared, fault, library, place),
      })),
      ...losses.map((loss, i) => ({
        name: `${scenario.name}: power failure ${i} after call ${loss.after}`,
        try: (place: string) => loseOnce(prepared, loss, place),
      })),
    )
  }
  // Fewer than all: some of every command.
  const wanted = cases.filter(({ name }) => task.only?.test(name) ?? true)
  const chosen = random.shuffle(wanted).slice(0, task.count)
  const faults: Fault[] = []
  let tried = 0
  const next = chosen.entries()
  const work = async () => {
    for (const [i, one] of next) {
      if (task.signal.aborted) return
      const problem = await one.try(join(folder, String(i)))
      if (problem !== undefined) {
        faults.push({ case: one.name, what: problem })
        task.say(`faults: ${one.name}: ${problem}`)
      }
      if (++tried % 50 === 0) task.say(`faults: ${tried} of ${chosen.length} tried, ${faults.length} found`)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return { tried, faults, figures }
}

/** All commands, or where few attempts are made the two that matter most; with a case to repeat, its own. */
function scenariosFor({ count, only }: Task, all: readonly Scenario[]): readonly Scenario[] {
  const [, command] = /^\^?([a-z-]+):/.exec(only?.source ?? '') ?? []
  if (command !== undefined) return all.filter(({ name }) => name === command)
  return count >= all.length ? all : all.filter(({ name }) => name === 'add' || name === 'remove')
}
