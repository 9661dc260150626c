import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { NpluskError } from '../../src/core/errors.js'
import type { Fault, Section } from '../section.js'
import { attemptsOf } from '../shared/attempts.js'
import { withFolder } from '../shared/temporary.js'
import { anyBit, withFlipped, type FlipTarget } from './flip.js'
import { targets } from './targets.js'

/**
 * Flips single bits, one at a time: in every file of a bundle and of what is kept beside it. Each must be found, or
 * alter no answer.
 */
export const section: Section = {
  name: 'flips',
  what: 'Flips single bits in bundles, packs, caches and downloads: each is found, or alters no answer.',
  count: 10_000,
  run: (task) =>
    withFolder(async (folder) => {
      const faults: Fault[] = []
      const figures: Record<string, number> = {}
      const opened = new Map<string, FlipTarget>()
      let tried = 0
      try {
        for (const { i, random, case: name } of attemptsOf(task)) {
          const names = Object.keys(targets)
          const kind = names[i % names.length]!
          let target = opened.get(kind)
          if (target === undefined) {
            task.say(`flips in the ${kind}`)
            const place = join(folder, kind)
            await mkdir(place)
            opened.set(kind, (target = await targets[kind]!(place)))
          }
          const file = target.files[Math.floor(i / names.length) % target.files.length]!
          const bit = await anyBit(file, random)
          const outcome = await withFlipped(file, bit, () => target.ask(file)).catch((error: unknown) => ({
            fault: error instanceof NpluskError ? `an error outside the reading: ${error.message}` : String(error),
          }))
          tried++
          const key = `${kind}: ${typeof outcome === 'string' ? outcome : 'silent'}`
          figures[key] = (figures[key] ?? 0) + 1
          if (typeof outcome === 'string') continue
          faults.push({ case: `${name}, byte ${bit.byte} bit ${bit.bit} of ${basename(file)}`, what: outcome.fault })
        }
      } finally {
        for (const target of opened.values()) await target[Symbol.asyncDispose]()
      }
      return { tried, faults, figures }
    }),
}
