import { describe, expect, test } from '@jest/globals'
import { autoOr, collect, fraction, integer, layerList } from '../../src/cli/usage.js'

describe('integer', () => {
  const parse = integer(1, 10)

  test.each([
    ['1', 1],
    ['10', 10],
    ['007', 7],
  ])('takes %s', (text, value) => {
    expect(parse(text)).toBe(value)
  })

  test.each(['0', '11', '-1', '1.5', '1e1', '0x1', '', ' 1', 'five'])('refuses "%s"', (text) => {
    expect(() => parse(text)).toThrow('it must be a whole number from 1 to 10')
  })
})

describe('fraction', () => {
  test.each([
    ['0', 0],
    ['0.02', 0.02],
    ['.5', 0.5],
  ])('takes %s', (text, value) => {
    expect(fraction(text)).toBe(value)
  })

  test.each(['1', '2', '-0.1', '2%', '', ' ', 'NaN'])('refuses "%s"', (text) => {
    expect(() => fraction(text)).toThrow('it must be a fraction below 1, such as 0.02')
  })
})

test('collect keeps the order', () => {
  expect(collect('b', collect('a'))).toEqual(['a', 'b'])
})

test('autoOr takes the word and whole numbers in the range, and nothing else', () => {
  const views = autoOr(0, 100)
  expect(['auto', '0', '100'].map(views)).toEqual(['auto', 0, 100])
  for (const text of ['101', '-1', '1.5', 'Auto', '', 'none'])
    expect(() => views(text)).toThrow('it must be auto or a whole number from 0 to 100')
})

describe('layerList', () => {
  test('takes auto, default, and names as inspect prints them', () => {
    expect(['auto', 'default'].map(layerList)).toEqual(['auto', 'default'])
    expect(layerList('Mixed_6e')).toEqual(['Mixed_6e'])
    expect(layerList('Mixed_6e:4x4, bottleneck,a b ')).toEqual(['Mixed_6e:4x4', 'bottleneck', 'a b'])
  })

  test.each([',', 'Mixed_6e,', ' ', 'Mixed_6e,,bottleneck'])('refuses "%s"', (text) => {
    expect(() => layerList(text)).toThrow('it must be auto, default or names with commas between them')
  })
})
