import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '../../src/math/random.js'
import type { Fault, Outcome, Section, Task } from '../section.js'
import { makeInputs } from '../shared/inputs.js'
import type { Scenario } from '../shared/scenario.js'
import { bundleScenarios } from '../shared/scenarios/bundles.js'
import { fileScenarios } from '../shared/scenarios/files.js'
import { withFolder } from '../shared/temporary.js'
import { prepare, type Prepared } from '../shared/workplace.js'
import { callsOf, faultsAt, injectOnce } from './inject.js'
import { buildPreload, kinds, type FaultKind, type Injected } from './preload.js'

export const section: Section = {
  name: 'faults',
  what: 'every call that writes fails once: a full disk, a read-only one, a device error, no more files, half a write, SIGKILL; the old or the new is whole, and the error is a true sentence',
  count: 10_000,
  run: (task) => withFolder((folder) => injectAll(task, folder)),
}

/** A fault in a command. */
interface Case {
  readonly prepared: Prepared
  readonly fault: Injected
  readonly name: string
}

function nameOf({ kind, at }: Injected, scenario: string): string {
  return `${kind} at call ${at} of ${scenario}`
}

/** Names of cases that a command may have. */
function anyFault(scenario: string): string[] {
  const places = Array.from({ length: 100 }, (_, i) => i + 1)
  return places.flatMap((at) => (Object.keys(kinds) as FaultKind[]).map((kind) => nameOf({ at, kind }, scenario)))
}

async function injectAll(task: Task, folder: string): Promise<Outcome> {
  const library = join(folder, 'preload.so')
  const reason = await buildPreload(library)
  if (reason !== undefined) return { tried: 0, faults: [], figures: {}, skipped: [reason] }
  const inputs = await makeInputs(folder)
  const figures: Record<string, number> = {}
  const cases: Case[] = []
  for (const scenario of scenariosFor(task.count, [...bundleScenarios(inputs), ...fileScenarios(inputs)])) {
    const { name } = scenario
    if (task.only !== undefined && !anyFault(name).some((one) => task.only!.test(one))) continue
    const prepared = await prepare(scenario, inputs, folder)
    const calls = await callsOf(prepared, library, folder)
    figures[`calls of ${name}`] = calls.length
    const all = faultsAt(calls).map((fault) => ({ prepared, fault, name: nameOf(fault, name) }))
    cases.push(...all.filter((one) => task.only?.test(one.name) ?? true))
  }
  // Fewer than all: some of every command.
  const chosen = createRandom(task.seed).shuffle(cases).slice(0, task.count)
  const faults: Fault[] = []
  let tried = 0
  const next = chosen.entries()
  const work = async () => {
    for (const [i, { prepared, fault, name }] of next) {
      if (task.signal.aborted) return
      const problem = await injectOnce(prepared, fault, library, join(folder, String(i)))
      if (problem !== undefined) {
        faults.push({ case: name, what: problem })
        task.say(`faults: ${name}: ${problem}`)
      }
      if (++tried % 50 === 0) task.say(`faults: ${tried} of ${chosen.length} tried, ${faults.length} found`)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return { tried, faults, figures }
}

/** All commands, or where few attempts are made the two that matter most. */
function scenariosFor(count: number, all: readonly Scenario[]): readonly Scenario[] {
  return count >= all.length ? all : all.filter(({ name }) => name === 'add' || name === 'remove')
}
