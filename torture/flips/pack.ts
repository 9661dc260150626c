import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { decodeRehearsalPack } from '../../src/bundle/rehearsal-pack.js'
import { assetPath } from '../../src/core/assets.js'
import { NpluskError } from '../../src/core/errors.js'
import { readRows } from '../../src/features/feature-rows.js'
import type { FlipTarget } from './flip.js'

/** The rehearsal pack that ships with the package. */
export async function shippedPack(folder: string): Promise<FlipTarget> {
  const file = join(folder, 'inception-v3.safetensors')
  await copyFile(assetPath('rehearsal/inception-v3.safetensors'), file)
  const read = async () => {
    const { table, baseHash } = decodeRehearsalPack(await readFile(file), file)
    return { baseHash, ...table, features: readRows(table.features, 0, table.count) }
  }
  const untouched = await read()
  return {
    files: [file],
    async ask() {
      try {
        return isDeepStrictEqual(await read(), untouched) ? 'same' : { fault: 'other features, and nobody says so' }
      } catch (error) {
        if (error instanceof NpluskError) return 'found'
        throw error
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
