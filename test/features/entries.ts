import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Bottleneck } from '../../src/features/store.js'
import { createRandom } from '../../src/math/random.js'

/** The key that a test calls by a name. */
export function keyOf(name: string): string {
  return /^[0-9a-f]{64}$/.test(name) ? name : createHash('sha256').update(name).digest('hex')
}

/** How many entries a store's indexes name. */
export function countEntries(folder: string): number {
  const indexes = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.index')) : []
  return indexes.reduce((sum, name) => sum + Math.floor(statSync(join(folder, name)).size / 48), 0)
}

/** A bottleneck made up from its key: the same in every process. */
export function entryOf(name: string, dim = 257, classes = 11): [key: string, bottleneck: Bottleneck] {
  const random = createRandom(name)
  return [
    keyOf(name),
    {
      features: Float32Array.from({ length: dim }, () => 3 * random.normal()),
      logits: Float32Array.from({ length: classes }, () => 10 * random.normal()),
    },
  ]
}
