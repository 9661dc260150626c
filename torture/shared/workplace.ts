import { cp, mkdir, readdir, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { isTemporary } from '../../src/core/temporary.js'
import { isPartial } from '../../src/fetch/partial.js'
import { orphansOf } from './bundle-state.js'
import type { Inputs } from './inputs.js'
import { runProgram, type Ended, type Running } from './program.js'
import { stateOf, type Scenario, type States } from './scenario.js'

/** A scenario with what it starts from, ready to be copied, and the states that it may be left in. */
export interface Prepared {
  readonly scenario: Scenario
  readonly inputs: Inputs
  /** The folder that is copied for every attempt. */
  readonly template: string
  readonly states: States
  /** How long the command takes undisturbed, in milliseconds. */
  readonly ms: number
}

/** A cache of its own, in the folder that the program runs in. */
export function environmentOf({ env = {} }: Scenario, folder: string): Readonly<Record<string, string>> {
  return { NPLUSK_CACHE_DIR: join(folder, 'cache'), ...env }
}

export function run(
  scenario: Scenario,
  args: readonly string[],
  folder: string,
  more: Partial<Running> = {},
): Promise<Ended> {
  return runProgram(args, { cwd: folder, ...more, env: { ...environmentOf(scenario, folder), ...more.env } })
}

/** @param work a folder to work in */
export async function prepare(scenario: Scenario, inputs: Inputs, work: string): Promise<Prepared> {
  const template = join(work, `${scenario.name}-template`)
  await mkdir(template)
  for (const args of scenario.before) await mustWork(scenario, args, template)
  const tried = join(work, `${scenario.name}-tried`)
  await cp(template, tried, { recursive: true })
  const ended = await mustWork(scenario, scenario.command, tried)
  const states = {
    old: await stateOf(scenario, template, inputs),
    new: await stateOf(scenario, tried, inputs),
  }
  if (states.old === states.new && scenario.kind !== 'cache') throw new Error(`${scenario.name} changes nothing`)
  await rm(tried, { recursive: true })
  return { scenario, inputs, template, states, ms: ended.ms }
}

async function mustWork(scenario: Scenario, args: readonly string[], folder: string): Promise<Ended> {
  const ended = await run(scenario, args, folder)
  if (ended.code !== 0) throw new Error(`${scenario.name}: ${args.join(' ')} failed undisturbed: ${ended.stderr}`)
  return ended
}

/** Makes all that killed processes left two hours old, as if nothing had happened since. */
export async function age(folder: string): Promise<void> {
  const before = new Date(Date.now() - 7_200_000)
  for (const path of await leftoversIn(folder)) await utimes(path, before, before)
}

/** Temporary files and folders, all that lies in them, and partial downloads. */
export async function leftoversIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  return names
    .filter((name) => name.split('/').some((part) => isTemporary(part) || isPartial(part)))
    .map((name) => join(folder, name))
}

/**
 * What is wrong after a command was disturbed, in a sentence; `undefined` where nothing is: the target is the old or
 * the new one, the next command works, and an hour later nothing is left behind.
 */
export async function judge({ scenario, inputs, states }: Prepared, folder: string): Promise<string | undefined> {
  const state = await stateOf(scenario, folder, inputs).catch((error: unknown) => `broken: ${String(error)}`)
  // Between the two renames of a folder none is there; the next command puts one there.
  const isBetween = state === 'nothing' && (await leftoversIn(folder)).some((path) => path.endsWith('.old'))
  if (state !== states.old && state !== states.new && !isBetween)
    return `${scenario.target} is neither old nor new: ${state}`
  await age(folder)
  const args = scenario.next?.(state, states) ?? scenario.command
  const next = await run(scenario, args, folder)
  if (next.code !== 0)
    return `the next command, ${args.join(' ')}, ended with ${next.code ?? next.signal}: ${next.stderr}`
  if (scenario.next === undefined) {
    const last = await stateOf(scenario, folder, inputs).catch((error: unknown) => `broken: ${String(error)}`)
    if (last !== states.new) return `${scenario.target} is not new after the command went through: ${last}`
  }
  // Nothing may write there again, but clearing helps.
  const isInCache = (path: string) => path.startsWith(join(folder, 'cache'))
  if ((await leftoversIn(folder)).some(isInCache)) await run(scenario, ['cache', 'clear'], folder)
  const left = [
    ...(await leftoversIn(folder)),
    ...(scenario.kind === 'bundle' ? await orphansOf(join(folder, scenario.target)) : []),
  ]
  return left.length > 0 ? `left behind: ${left.join(', ')}` : undefined
}
