import { describe, expect, test } from '@jest/globals'
import { bytes, count, duration, nameList, percent, printable, shellArgument } from '../../src/cli/format.js'

test.each([
  [0, '0.0%'],
  [1e-17, '0.0%'],
  [0.0002, '<0.1%'],
  [1 / 2000, '0.1%'],
  [0.9994, '99.9%'],
  [2999 / 3000, '>99.9%'],
  [1 - 1e-14, '100.0%'],
  [1, '100.0%'],
  [0.8766, '87.7%'],
])('percent(%d) is %s', (fraction, text) => {
  expect(percent(fraction)).toBe(text)
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1.0 MB'],
  [24_656_032, '24.7 MB'],
  [3e15, '3000.0 TB'],
])('bytes(%d) is %s', (number, text) => {
  expect(bytes(number)).toBe(text)
})

test.each([
  [0.04, '0.0 s'],
  [9.94, '9.9 s'],
  [9.96, '10 s'],
  [59.4, '59 s'],
  [59.6, '1 min 0 s'],
  [185, '3 min 5 s'],
  [3600, '1 h 0 min'],
  [17_722, '4 h 55 min'],
])('duration(%d) is %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text)
})

test('count makes plurals', () => {
  expect([count(1, 'class'), count(2, 'class'), count(0, 'image'), count(1, 'image')]).toEqual([
    '1 class',
    '2 classes',
    '0 images',
    '1 image',
  ])
})

test('nameList cuts long lists', () => {
  expect(nameList(['a', 'b'], 2)).toBe('a, b')
  expect(nameList(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more')
})

test('printable disarms escape sequences', () => {
  expect(printable('a\x1b[31mb\nc')).toBe('a?[31mb?c')
  expect(printable('a\u202egpj.b\u2066c\u2069')).toBe('a?gpj.b?c?')
})

describe('shellArgument', () => {
  test.each([
    ['./my-bundle_2', './my-bundle_2'],
    ['my bundle', "'my bundle'"],
    ["it's", "'it'\\''s'"],
    ['$(rm)', "'$(rm)'"],
  ])('%s becomes %s', (path, argument) => {
    expect(shellArgument(path)).toBe(argument)
  })
})
