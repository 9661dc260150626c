import { describe, expect, test } from '@jest/globals'
import { boundJson } from '../../../src/server/requests/bounded-json.js'

const read = (text: string, mostValues: number) => () => boundJson(Buffer.from(text), mostValues)

describe('JSON', () => {
  test('may have as many values as are allowed, an array counting as four', () => {
    const text = '{"a":[1,[2,3]],"b":[]}'
    expect(read(text, 15)).not.toThrow()
    expect(read(text, 14)).toThrow('more than 14 values')
  })

  test('what stands in texts does not count, wherever they end', () => {
    for (const text of ['[,{,', 'a"[,', '\\', '\\"[,', '\\\\']) expect(read(JSON.stringify(text), 0)).not.toThrow()
    for (const text of ['"\\\\",[]', '"\\"",[]', '"",[]']) {
      expect(read(text, 5)).not.toThrow()
      expect(read(text, 4)).toThrow('values')
    }
    expect(read('"no end [', 0)).not.toThrow()
  })

  test.each(['{}', '""', '"\\""'])('of more texts or objects than 50,000 is refused: %s', (one) => {
    const many = (count: number) => `[${Array.from({ length: count }, () => one).join()}]`
    expect(read(many(50_000), 100_000)).not.toThrow()
    expect(read(many(50_001), 100_000)).toThrow('texts and objects')
  })
})
