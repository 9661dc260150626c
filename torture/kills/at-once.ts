import { cp, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Random } from '../../src/math/random.js'
import { orphansOf, stateOfBundle } from '../shared/bundle-state.js'
import { asItIs, type Inputs } from '../shared/inputs.js'
import { hangs, type Ended } from '../shared/program.js'
import type { Scenario } from '../shared/scenario.js'
import { age, leftoversIn, run } from '../shared/workplace.js'

const bundle = ['--model', 'bundle']

/** What several processes do at once to one bundle and one cache. */
function commandsOf({ one, two, more, model }: Inputs): (readonly string[])[] {
  return [
    ['--add', more, ...bundle],
    ['--add', two, ...bundle, '--name', 'again'],
    ['--add', one, '--model', model, ...asItIs, '--out', 'new'],
    ['remove', 'two', ...bundle, '--keep', '0'],
    ['--add', two, ...bundle, '--keep', '0'],
    ['rename', 'a', 'z', ...bundle],
    ['rollback', ...bundle],
    ['cache', 'clear'],
    ['predict', join(one, 'a', '0.png'), ...bundle],
    ['export', ...bundle, '--format', 'transformers', '--out', 'out'],
  ]
}

/** A place with a bundle of two increments, from which all attempts start. */
export async function crowdOf(inputs: Inputs, work: string): Promise<Crowd> {
  const template = join(work, 'crowd-template')
  await mkdir(template)
  const { one, two, model } = inputs
  const scenario: Scenario = { name: 'at-once', before: [], command: [], target: 'bundle', kind: 'bundle' }
  for (const args of [
    ['--add', one, '--model', model, ...asItIs, '--out', 'bundle'],
    ['--add', two, ...bundle],
  ]) {
    const { code, stderr } = await run(scenario, args, template)
    if (code !== 0) throw new Error(stderr)
  }
  return { scenario, inputs, template }
}

export interface Crowd {
  readonly scenario: Scenario
  readonly inputs: Inputs
  readonly template: string
}

/** What no command may say of another one's work: it is not true. */
const untrue = /cannot be made|unexpected|is damaged|cannot be read|different bundles|is missing/i

/** Runs three commands at once, one of them killed now and then; what is wrong afterwards, in a sentence. */
export async function runAtOnce(
  { scenario, inputs, template }: Crowd,
  random: Random,
  folder: string,
): Promise<string | undefined> {
  await cp(template, folder, { recursive: true })
  const commands = random.shuffle(commandsOf(inputs)).slice(0, 3)
  const killed = random.next() < 0.3 ? random.integer(commands.length) : undefined
  const plans = commands.map((args, i) => ({ args, delay: 300 * random.next(), killAfter: 1500 * random.next(), i }))
  const ended = await Promise.all(
    plans.map(async ({ args, delay, killAfter, i }) => {
      await setTimeout(delay)
      const onStart = (kill: () => void) => void (i === killed && setTimeout(killAfter).then(kill))
      return { args, ended: await run(scenario, args, folder, { onStart }) }
    }),
  )
  try {
    for (const { args, ended: end } of ended) {
      const problem = problemOf(end)
      if (problem !== undefined)
        return `${args.join(' ')}, beside ${commands.map(([name]) => name).join(' and ')}, ${problem}`
    }
    const picture = join(inputs.one, 'a', '0.png')
    await stateOfBundle(join(folder, 'bundle'), picture)
    await age(folder)
    for (const args of [
      ['rename', 'b', 'y', ...bundle],
      ['cache', 'clear'],
    ]) {
      const { code, stderr } = await run(scenario, args, folder)
      if (code !== 0) return `${args.join(' ')} failed afterwards: ${stderr}`
    }
    const left = [...(await leftoversIn(folder)), ...(await orphansOf(join(folder, 'bundle')))]
    return left.length > 0 ? `left behind: ${left.join(', ')}` : undefined
  } catch (error) {
    return `the bundle is not whole: ${String(error)}`
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function problemOf(ended: Ended): string | undefined {
  const { code, signal, stderr } = ended
  if (hangs(ended)) return 'hangs'
  if (signal === 'SIGKILL' || code === 0) return undefined
  const isSentence = /^extend: [A-Z"][^\n]*\n$/.test(stderr)
  return isSentence && !untrue.test(stderr) ? undefined : `ended with ${code ?? signal}: ${stderr}`
}
