import { rm } from 'node:fs/promises'
import type { Random } from '../../src/math/random.js'
import { stateOf } from '../shared/scenario.js'
import { judge, type Prepared } from '../shared/workplace.js'
import { Disk, signatureOf, writeTree, type Tree } from './disk.js'
import type { Logged } from './log-calls.js'

/** What a power failure leaves, and the last call before it. */
export interface Loss {
  readonly after: number
  readonly tree: Tree
  /** Whether the command had ended well: the new one has to be there then, whatever is lost. */
  readonly isOver: boolean
}

/** Draws of what else reached the disk than what was flushed, beside nothing, all, and all but one. */
const draws = 2

/** What power failures may leave of a command, after each of its calls; equal ones once. */
export function lossesOf({ template }: Prepared, { path, calls, contentAt }: Logged, random: Random): Loss[] {
  const disk = new Disk(template, path)
  const losses: Loss[] = []
  const seen = new Set<string>()
  for (const call of calls) {
    disk.play(call, contentAt)
    const isOver = call === calls.at(-1)
    const choices: ((change: number) => boolean)[] = [
      () => false,
      () => true,
      ...Array.from({ length: disk.pending }, (_, lost) => (change: number) => change !== lost),
      ...Array.from({ length: draws }, () => () => random.next() < 0.5),
    ]
    for (const choice of choices) {
      const tree = disk.afterPowerLoss(choice)
      const signature = `${signatureOf(tree)} ${isOver}`
      if (!seen.has(signature)) losses.push({ after: call.number, tree, isOver })
      seen.add(signature)
    }
  }
  return losses
}

/** What is wrong after a power failure, in a sentence. */
export async function loseOnce(
  prepared: Prepared,
  { tree, isOver }: Loss,
  folder: string,
): Promise<string | undefined> {
  writeTree(tree, folder)
  try {
    const { scenario, inputs, states } = prepared
    if (isOver) {
      const state = await stateOf(scenario, folder, inputs).catch((error: unknown) => `broken: ${String(error)}`)
      if (state !== states.new) return `the command had ended well, and its result is lost: ${state}`
    }
    return await judge(prepared, folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
