import { expect, test } from '@jest/globals'
import { seal, unseal } from '../../src/queue/seal.js'

const value = { kind: 'features', scale: 0.1 + 0.2, views: [{ mirror: true }], name: 'tür, "\u2028"' }

test('a value comes through JSON as it was', () => {
  expect(unseal(JSON.parse(JSON.stringify(seal(value))))).toEqual(value)
})

test('none of its bits can flip unnoticed', () => {
  const text = Buffer.from(JSON.stringify(seal(value)))
  let opened = 0
  for (let bit = 0; bit < 8 * text.length; bit++) {
    const flipped = Buffer.from(text)
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    let sealed: unknown
    try {
      sealed = JSON.parse(flipped.toString())
    } catch {
      continue
    }
    const found = unseal(sealed)
    if (found === undefined) continue
    opened++
    expect(found).toEqual(value)
  }
  // Some flips change nothing, such as that of an e into an E.
  expect(opened).toBeLessThan(10)
})

test('what was made of another value is none', () => {
  const { checksum } = seal(value)
  expect(unseal(seal({ answer: 1 }, checksum), checksum)).toEqual({ answer: 1 })
  expect(unseal(seal({ answer: 1 }, checksum + 1), checksum)).toBeUndefined()
})

test.each([undefined, null, 'x', [], {}, { value: 1 }, { checksum: 1 }])('%j is nothing sealed', (other) => {
  expect(unseal(other)).toBeUndefined()
})

test('what is nested so deeply that going through it would fill the stack is nothing sealed', () => {
  const deep = JSON.parse(`${'['.repeat(30_000)}${']'.repeat(30_000)}`) as unknown
  expect(unseal({ value: deep, checksum: 0 })).toBeUndefined()
})
