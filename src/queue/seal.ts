import { crc32 } from 'node:zlib'
import { nestsWithin } from '../bundle/check-shape.js'

/** What goes through Redis as JSON, with a checksum: one flipped bit could be another scale of pixels, or an answer. */
export interface Sealed<Value> {
  readonly value: Value
  /** CRC-32 of the value as JSON, and of what it belongs to. */
  readonly checksum: number
}

/** @param to the checksum of what the value answers @default none */
export function seal<Value>(value: Value, to = 0): Sealed<Value> {
  return { value, checksum: checksumOf(value, to) }
}

/** Levels of objects and lists: more than a message has, and few enough for whatever goes through them all. */
const mostLevels = 20

/** The value, unchecked but for its checksum; `undefined` where that does not fit. */
export function unseal(sealed: unknown, to = 0): unknown {
  const { value, checksum } = (sealed ?? {}) as Partial<Sealed<unknown>>
  const isWhole = value !== undefined && nestsWithin(value, mostLevels) && checksumOf(value, to) === checksum
  return isWhole ? value : undefined
}

function checksumOf(value: unknown, to: number): number {
  return crc32(JSON.stringify(value), to)
}
