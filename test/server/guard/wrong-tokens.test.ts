import { expect, test } from '@jest/globals'
import { WrongTokens } from '../../../src/server/guard/wrong-tokens.js'

const tooMany = expect.objectContaining({ type: 'too-many-requests', retryAfter: expect.any(Number) })

test('ten wrong tokens of a client are looked at in a minute; others are not kept waiting', () => {
  let now = 0
  const wrong = new WrongTokens(() => now)
  for (let i = 0; i < 10; i++) {
    wrong.check('a')
    wrong.note('a')
    now += 1000
  }
  expect(() => wrong.check('a')).toThrow(tooMany)
  expect(() => wrong.check('b')).not.toThrow()
  now = 59_999
  expect(() => wrong.check('a')).toThrow(expect.objectContaining({ retryAfter: 1 }))
  now = 60_000
  expect(() => wrong.check('a')).not.toThrow()
  wrong.note('a')
  expect(() => wrong.check('a')).not.toThrow()
})

test('clients without number take no memory without end', () => {
  const wrong = new WrongTokens(() => 0)
  for (let i = 0; i < 10; i++) wrong.note('first')
  for (let i = 0; i < 9_999; i++) wrong.note(`client ${i}`)
  expect(() => wrong.check('first')).toThrow(tooMany)
  wrong.note('one more')
  expect(() => wrong.check('first')).not.toThrow()
})
