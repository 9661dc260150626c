import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { pinOf, type InputTrial } from '../../src/preprocessing/pinned-input.js'
import type { FlipTarget } from './flip.js'

/** What a trial of preprocessing found, as the cache keeps it. */
export async function pinnedInput(folder: string): Promise<FlipTarget> {
  const pin = pinOf(folder, 'a'.repeat(64), { size: 8 })
  const trial = { margin: 0.25, photographs: 24, added: 0, drawings: 3 }
  await pin.write(trial as unknown as InputTrial)
  const untouched = await pin.read()
  return {
    files: (await readdir(folder)).map((name) => join(folder, name)),
    async ask() {
      const found = await pin.read()
      if (found === undefined) return 'found'
      return isDeepStrictEqual(found, untouched) ? 'same' : { fault: 'another preprocessing, and nobody says so' }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
