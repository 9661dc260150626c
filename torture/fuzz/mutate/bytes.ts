import type { Random } from '../../../src/math/random.js'
import type { Mutator } from '../target.js'

/** Numbers at which readers go wrong, as bytes of their usual widths. */
const numbers: readonly Uint8Array[] = [
  ...[0, 1, 0x7f, 0x80, 0xff].map((value) => Uint8Array.of(value)),
  ...[0, 1, 0xff, 0x7fff, 0x8000, 0xffff].flatMap((value) => both(2, (view, end) => view.setUint16(0, value, end))),
  ...[0, 1, 8, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff].flatMap((value) =>
    both(4, (view, end) => view.setUint32(0, value, end)),
  ),
  ...[0n, 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n].flatMap((value) =>
    both(8, (view, end) => view.setBigUint64(0, value, end)),
  ),
  ...[NaN, Infinity, 1e38].flatMap((value) => both(4, (view, end) => view.setFloat32(0, value, end))),
]

/** Changes bytes without knowing what they mean. */
export function bytesMutator(words: readonly (string | Uint8Array)[] = []): Mutator {
  const dictionary = words.map((word) => (typeof word === 'string' ? Buffer.from(word, 'latin1') : word))
  return (input, random, other) => {
    const at = random.integer(input.length + 1)
    const change = changes[random.integer(dictionary.length > 0 ? changes.length + 2 : changes.length)]
    if (change) return change(input, at, random, other)
    const word = pick(dictionary, random)
    return random.next() < 0.5 ? overwritten(input, at, word) : replaced(input, at, at, word)
  }
}

type Change = (input: Uint8Array, at: number, random: Random, other: Uint8Array) => Uint8Array

const changes: readonly Change[] = [
  (input, at, random) => overwritten(input, at, Uint8Array.of((input[at] ?? 0) ^ (1 << random.integer(8)))),
  (input, at, random) => overwritten(input, at, Uint8Array.of(random.integer(256))),
  (input, at, random) => overwritten(input, at, pick(numbers, random)),
  // Where numbers and offsets usually lie.
  (input, at, random) => overwritten(input, at - (at % 4), pick(numbers, random)),
  (input, at, random) => {
    const place = at - (at % 4)
    if (place + 4 > input.length) return input
    const changed = input.slice()
    const view = new DataView(changed.buffer)
    view.setUint32(place, (view.getUint32(place, true) + random.integer(65) - 32) >>> 0, true)
    return changed
  },
  (input, at, random) => replaced(input, at, at + length(random, input.length - at), new Uint8Array()),
  (input, at, random) => {
    const piece = input.subarray(at, at + length(random, input.length - at))
    const place = random.integer(input.length + 1)
    return random.next() < 0.5 ? overwritten(input, place, piece) : replaced(input, place, place, piece)
  },
  (input, at) => input.subarray(0, at),
  // What takes time that grows faster than the input.
  (input, at, random) => {
    const piece = Buffer.from(input.subarray(at, at + 1 + random.integer(8)))
    const times = Math.min(2 ** random.integer(15), Math.ceil(2 ** 16 / Math.max(1, piece.length)))
    return replaced(input, at, at, Buffer.concat(Array<Buffer>(times).fill(piece)))
  },
  (input, at, random, other) => {
    const from = random.integer(other.length + 1)
    const piece = other.subarray(from, from + length(random, other.length - from))
    return random.next() < 0.5 ? replaced(input, at, input.length, other.subarray(from)) : overwritten(input, at, piece)
  },
]

/** The input with the bytes from `from` to `to` (exclusive) replaced. */
export function replaced(input: Uint8Array, from: number, to: number, by: Uint8Array): Uint8Array {
  return Buffer.concat([input.subarray(0, from), by, input.subarray(to)])
}

export function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[random.integer(items.length)]!
}

function overwritten(input: Uint8Array, at: number, by: Uint8Array): Uint8Array {
  const changed = input.slice()
  changed.set(by.subarray(0, Math.max(0, input.length - at)), Math.min(at, input.length))
  return changed
}

/** Short ones are common, long ones occur. */
function length(random: Random, most: number): number {
  return most < 1 ? 0 : 1 + random.integer(Math.min(most, 2 ** (1 + random.integer(12))))
}

function both(size: number, write: (view: DataView, littleEndian: boolean) => void): Uint8Array[] {
  return [true, false].map((end) => {
    const view = new DataView(new ArrayBuffer(size))
    write(view, end)
    return new Uint8Array(view.buffer)
  })
}
