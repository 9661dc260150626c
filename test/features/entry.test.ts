import { expect, test } from '@jest/globals'
import { decodeBottleneck, encodeBottleneck, faultOf, isBottleneck } from '../../src/features/entry.js'
import { entryOf } from './entries.js'

const shape = { dim: 5, classes: 3 }
const [, sound] = entryOf('a', shape.dim, shape.classes)
const bytes = encodeBottleneck(sound)

/** The same with the bytes at a place replaced. */
function changed(at: number, ...values: number[]): Buffer {
  const copy = Buffer.from(bytes)
  copy.set(values, at)
  return copy
}

test('a sound bottleneck has no fault, and comes back', () => {
  expect(faultOf(sound)).toBeUndefined()
  expect(decodeBottleneck(bytes, shape)?.logits).toEqual(sound.logits)
  expect(isBottleneck(bytes, shape)).toBe(true)
  // A view that is not aligned.
  expect(isBottleneck(Buffer.concat([Buffer.alloc(1), bytes]).subarray(1), shape)).toBe(true)
})

test.each([
  ['features', { ...sound, features: Float32Array.of(1, 2, NaN, 4, 5) }, /features that are no finite numbers/],
  [
    'features without end',
    { ...sound, features: Float32Array.of(1, 2, 3, 4, -Infinity) },
    /features that are no finite/,
  ],
  ['scores', { ...sound, logits: Float32Array.of(Infinity, 0, 0) }, /scores that are no finite numbers/],
  ['features too large', { ...sound, features: Float32Array.of(1, 2, 7e4, 4, 5) }, /features beyond ±65504/],
])('the fault of %s is named', (_, bottleneck, message) => {
  expect(faultOf(bottleneck)).toMatch(message)
})

test.each<[string, Uint8Array]>([
  ['nothing', new Uint8Array(0)],
  ['a header alone', bytes.subarray(0, 8)],
  ['one cut off', bytes.subarray(0, -1)],
  ['one that is too long', Buffer.concat([bytes, Buffer.alloc(2)])],
  ['one that claims to be huge', changed(0, 255, 255, 255, 255)],
  ['a score of NaN', changed(8, 0, 0, 0xc0, 0x7f)],
  ['an infinite score', changed(12, 0, 0, 0x80, 0xff)],
  ['a feature of NaN', changed(8 + 12, 0, 0x7e)],
  ['an infinite feature', changed(8 + 12 + 8, 0, 0xfc)],
  ['one of another length', encodeBottleneck(entryOf('a', 6, 3)[1])],
  ['one of another number of classes', encodeBottleneck(entryOf('a', 5, 4)[1])],
])('%s is none', (_, value) => {
  expect(decodeBottleneck(value, shape)).toBeUndefined()
  expect(isBottleneck(value, shape)).toBe(false)
})
