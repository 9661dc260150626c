import type { Random } from '../../src/math/random.js'
import type { Seed } from './seeds.js'
import { structures } from './structure.js'

/** Numbers at which something may turn over. */
const numbers = [
  0,
  1,
  2,
  3,
  7,
  8,
  15,
  16,
  17,
  127,
  128,
  255,
  256,
  1000,
  16_383,
  16_384,
  32_767,
  32_768,
  65_500,
  65_535,
  65_536,
  1_000_000,
  2 ** 24,
  2 ** 28,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
]

/** A picture changed in one to four places: by bytes, or by parts of its structure. */
export function mutated(seeds: readonly Seed[], random: Random): Seed {
  const seed = pick(seeds, random)
  let bytes = Buffer.from(seed.bytes)
  const rounds = 1 + random.integer(4)
  for (let round = 0; round < rounds && bytes.length > 0; round++) {
    if (random.next() < 0.4) bytes = changed(bytes, random)
    else bytes = restructured(bytes, seed.format, pick(seeds, random), random)
  }
  return { format: seed.format, bytes }
}

/** Bytes changed where they are, put in, taken out or said twice. */
function changed(bytes: Buffer, random: Random): Buffer<ArrayBuffer> {
  const copy = Buffer.from(bytes)
  const at = place(copy.length, random)
  const length = Math.min(copy.length - at, 1 + random.integer(1 + random.integer(40)))
  switch (random.integer(6)) {
    case 0:
      copy[at] = copy[at]! ^ (1 << random.integer(8))
      return copy
    case 1:
      for (let i = 0; i < length; i++) copy[at + i] = random.integer(256)
      return copy
    case 2:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + length)])
    case 3:
      return Buffer.concat([copy.subarray(0, at + length), copy.subarray(at)])
    case 4:
      return copy.subarray(0, at)
    default:
      return withNumber(copy, at, random)
  }
}

function restructured(bytes: Buffer, format: string, other: Seed, random: Random): Buffer<ArrayBuffer> {
  const { split, join } = structures[format]!
  const parts = split(bytes)
  if (parts.length === 0) return changed(bytes, random)
  const at = random.integer(parts.length)
  const part = parts[at]!
  switch (random.integer(6)) {
    case 0:
      parts.splice(at, 1)
      break
    case 1:
      parts.splice(at, 0, ...Array.from({ length: 1 + random.integer(3) }, () => part))
      break
    case 2: {
      const to = random.integer(parts.length)
      parts[at] = parts[to]!
      parts[to] = part
      break
    }
    case 3:
      parts.splice(at, 0, pick(structures[other.format]!.split(other.bytes), random))
      break
    default:
      parts[at] =
        part.length === 0 ? part : withNumber(Buffer.from(part), place(Math.min(part.length, 64), random), random)
  }
  return Buffer.from(parts.length === 0 ? bytes : join(parts))
}

/** One of `numbers` in 1, 2 or 4 bytes, in either order. */
function withNumber(bytes: Buffer<ArrayBuffer>, at: number, random: Random): Buffer<ArrayBuffer> {
  const size = Math.min(bytes.length - at, pick([1, 2, 4], random))
  const value = pick(numbers, random)
  for (let i = 0; i < size; i++) bytes[at + i] = (value / 256 ** i) & 255
  if (random.next() < 0.5) bytes.subarray(at, at + size).reverse()
  return bytes
}

/** Nearer to the beginning, where headers are, half of the time. */
function place(length: number, random: Random): number {
  return random.integer(random.next() < 0.5 ? length : Math.min(length, 200))
}

function pick<T>(from: readonly T[], random: Random): T {
  return from[random.integer(from.length)]!
}
