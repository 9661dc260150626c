import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createRandom } from '../../src/math/random.js'
import type { Fault, Outcome, Section, Task } from '../section.js'
import { attemptsOf } from '../shared/attempts.js'
import { withFolder } from '../shared/temporary.js'
import { anyBit, withFlipped, type FlipTarget } from './flip.js'
import { targets, type NamedTarget } from './targets.js'

/** Flips single bits, one at a time: each must be found, or alter no answer. */
export const section: Section = {
  name: 'flips',
  what: 'Flips single bits in bundles, packs, caches and downloads: each is found, or alters no answer.',
  count: 10_000,
  run: (task) => flipBits(targets, task),
}

/** Deals the attempts to some targets by their shares, and of each to its files in turn. */
export function flipBits(from: readonly NamedTarget[], task: Task): Promise<Outcome> {
  const deck = createRandom('flips').shuffle(from.flatMap((named) => new Array<NamedTarget>(named.share).fill(named)))
  return withFolder(async (folder) => {
    const faults: Fault[] = []
    const figures: Record<string, number> = {}
    const opened = new Map<NamedTarget, FlipTarget>()
    let tried = 0
    try {
      for (const { i, random, case: name } of attemptsOf(task)) {
        const named = deck[i % deck.length]!
        let target = opened.get(named)
        if (target === undefined) {
          task.say(`making the ${named.name}`)
          const place = join(folder, named.name.replaceAll(' ', '-'))
          await mkdir(place)
          opened.set(named, (target = await named.make(place)))
        }
        const file = target.files[random.integer(target.files.length)]!
        const bit = await anyBit(file, random)
        const outcome = await withFlipped(file, bit, () => target.ask(file)).catch((error: unknown) => ({
          fault: `an error that is none of ours: ${String(error)}`,
        }))
        tried++
        const figure = `${named.name}: ${typeof outcome === 'string' ? outcome : 'silent'}`
        figures[figure] = (figures[figure] ?? 0) + 1
        if (typeof outcome === 'string') continue
        const where = `byte ${bit.byte} bit ${bit.bit} of ${basename(file)}`
        faults.push({ case: `${name}, ${where} of the ${named.name}`, what: outcome.fault })
      }
    } finally {
      for (const target of opened.values()) await target[Symbol.asyncDispose]()
    }
    return { tried, faults, figures }
  })
}
