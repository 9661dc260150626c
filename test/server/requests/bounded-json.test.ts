import { describe, expect, test } from '@jest/globals'
import { boundJson } from '../../../src/server/requests/bounded-json.js'

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))

describe('JSON', () => {
  const value = { a: [1, [2, { b: [] }]], c: {} }

  test('may have as many arrays and objects as are allowed', () => {
    expect(() => boundJson(bytes(value), 6)).not.toThrow()
    expect(() => boundJson(bytes('text without any'), 0)).not.toThrow()
  })

  test('of more is refused', () => {
    expect(() => boundJson(bytes(value), 5)).toThrow('more than 5 arrays and objects')
  })
})
