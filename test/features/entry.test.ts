import { expect, test } from '@jest/globals'
import { decodeBottleneck, encodeBottleneck, faultOf, isOfShape, shapeOf } from '../../src/features/entry.js'
import { entryOf, keyOf } from './entries.js'

const shape = { dim: 5, classes: 3 }
const [key, sound] = entryOf('a', shape.dim, shape.classes)
const bytes = encodeBottleneck(key, sound)
/** Of its checksum and two lengths. */
const header = 12

/** The same with the bytes at a place replaced. */
function changed(at: number, ...values: number[]): Buffer {
  const copy = Buffer.from(bytes)
  copy.set(values, at)
  return copy
}

test('a sound bottleneck has no fault, and comes back', () => {
  expect(faultOf(sound)).toBeUndefined()
  expect(decodeBottleneck(key, bytes)?.logits).toEqual(sound.logits)
  expect(shapeOf(key, bytes)).toEqual(shape)
  // A view that is not aligned.
  expect(shapeOf(key, Buffer.concat([Buffer.alloc(1), bytes]).subarray(1))).toEqual(shape)
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
  ['a header alone', bytes.subarray(0, header)],
  ['one cut off', bytes.subarray(0, -1)],
  ['one that is too long', Buffer.concat([bytes, Buffer.alloc(2)])],
  ['one that claims to be huge', changed(4, 255, 255, 255, 255)],
  ['one of another picture', encodeBottleneck(keyOf('b'), sound)],
  ['a score of NaN', encodeBottleneck(key, { ...sound, logits: Float32Array.of(NaN, 0, 0) })],
  ['an infinite score', encodeBottleneck(key, { ...sound, logits: Float32Array.of(0, Infinity, 0) })],
  ['a feature of NaN', encodeBottleneck(key, { ...sound, features: Float32Array.of(1, NaN, 3, 4, 5) })],
  // Of the same length in bytes.
  ['one whose logits end elsewhere', changed(4, 7, 0, 0, 0, 2, 0, 0, 0)],
])('%s is none', (_, value) => {
  expect(decodeBottleneck(key, value)).toBeUndefined()
  expect(shapeOf(key, value)).toBeUndefined()
})

test.each([
  ['features', entryOf('a', 6, 3)],
  ['classes', entryOf('a', 5, 4)],
])('one of another number of %s is none of this shape', (_, [, other]) => {
  const found = shapeOf(key, encodeBottleneck(key, other))!
  expect([isOfShape(found, shape), isOfShape(found, undefined)]).toEqual([false, true])
  expect(isOfShape(shape, { ...shape })).toBe(true)
})

test('none of its bits can flip unnoticed', () => {
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    expect(shapeOf(key, flipped)).toBeUndefined()
  }
})
