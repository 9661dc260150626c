import { encodeField, fieldsOf } from '../../../src/onnx/fields.js'
import type { Random } from '../../../src/math/random.js'
import { nastyNames } from '../../../test/support/nasty-names.js'
import type { Mutator } from '../target.js'
import { bytesMutator, pick, replaced } from './bytes.js'

const rough = bytesMutator()
const varints = [0n, 1n, 2n, 7n, 127n, 128n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]
/** Deeper than a node's attribute's tensor in a graph in a model. */
const deepest = 8

/** Changes fields of a protobuf message at any depth, and mends the lengths around; now and then bytes alone. */
export const mutateProtobuf: Mutator = (input, random, other) =>
  random.next() < 0.1
    ? rough(input, random, other)
    : (mutatedMessage(input, random, other, deepest) ?? rough(input, random, other))

/** `undefined` where it is no message. */
function mutatedMessage(bytes: Uint8Array, random: Random, other: Uint8Array, depth: number): Uint8Array | undefined {
  const fields = fieldsIn(bytes)
  if (fields === undefined || fields.length === 0) return undefined
  const { at, field, start, end } = pick(fields, random)
  const isMessage = (bytes[at]! & 7) === 2
  if (isMessage && depth > 0 && random.next() < 0.8) {
    const twins = (fieldsIn(other) ?? []).filter((one) => one.field === field)
    const twin = twins.length > 0 ? pick(twins, random) : undefined
    const inner = bytes.subarray(start, end)
    const changed = mutatedMessage(inner, random, twin ? other.subarray(twin.start, twin.end) : other, depth - 1)
    if (changed !== undefined) return replaced(bytes, at, end, encodeField(field, changed))
    if (twin && random.next() < 0.3) return replaced(bytes, at, end, other.subarray(twin.at, twin.end))
    return replaced(bytes, at, end, encodeField(field, changedText(inner, random, other)))
  }
  const whole = bytes.subarray(at, end)
  const foreign = fieldsIn(other)
  const changes: readonly (() => Uint8Array)[] = [
    () => replaced(bytes, at, end, new Uint8Array()),
    () => replaced(bytes, at, at, whole),
    () => {
      const to = pick(fields, random).at
      return replaced(bytes, to, to, whole)
    },
    () => {
      if (!foreign || foreign.length === 0) return bytes
      const from = pick(foreign, random)
      return replaced(bytes, at, end, other.subarray(from.at, from.end))
    },
    // Of another number, or as another type.
    () => replaced(bytes, at, at + 1, Uint8Array.of(random.integer(256))),
    () => replaced(bytes, at, end, Buffer.concat([varint(8n * BigInt(field)), varint(pick(varints, random))])),
    () => replaced(bytes, at, end, encodeField(field, Buffer.from(pick(nastyNames, random)))),
  ]
  return pick(changes, random)()
}

function changedText(text: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  return random.next() < 0.3 ? Buffer.from(pick(nastyNames, random)) : rough(text, random, other)
}

function fieldsIn(bytes: Uint8Array) {
  try {
    return [...fieldsOf(bytes)]
  } catch {
    return undefined
  }
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = []
  for (let left = value; ; left >>= 7n) {
    if (left < 128n) return Uint8Array.from([...bytes, Number(left)])
    bytes.push(Number(left & 127n) | 128)
  }
}
