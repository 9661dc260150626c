import { createRandom } from '../../src/math/random.js'

/** Evenly spread bytes, the same ones each time. */
export function randomBytes(length: number): Uint8Array {
  const random = createRandom('bytes')
  return Uint8Array.from({ length }, () => random.integer(256))
}
