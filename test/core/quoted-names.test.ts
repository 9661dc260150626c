import { describe, expect, test } from '@jest/globals'
import { quotedNames } from '../../src/core/quoted-names.js'

describe('quotedNames', () => {
  test.each([
    [[], undefined, ''],
    [['a'], 'and', '"a"'],
    [['a', 'b'], undefined, '"a", "b"'],
    [['a', 'b', 'c'], 'or', '"a", "b" or "c"'],
    [['a', 'b', 'c', 'd', 'e'], 'and', '"a", "b", "c", "d" and "e"'],
    [['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'or', '"a", "b", "c", "d", "e" and 2 more'],
  ] as const)('%j with %s', (names, conjunction, text) => {
    expect(quotedNames(names, conjunction)).toBe(text)
  })
})
