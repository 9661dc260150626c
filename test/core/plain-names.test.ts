import { expect, test } from '@jest/globals'
import { isPlainName, isPlainPath, isSha256 } from '../../src/core/plain-names.js'

test.each(['a', 'model.onnx', '..a', 'ü x', '.gitattributes', 'a'.repeat(255)])('"%s" is a plain name', (name) => {
  expect(isPlainName(name)).toBe(true)
})

test.each(['', '.', '..', 'a/b', 'a\\b', '/a', 'C:', 'a\0', 'a\nb', 'ü'.repeat(128), undefined, null, 1, ['a'], {}])(
  '%p is none',
  (name) => {
    expect(isPlainName(name)).toBe(false)
  },
)

test('a plain path is of plain names', () => {
  expect(isPlainPath('onnx/model.onnx')).toBe(true)
  for (const path of ['', '/a', 'a/', 'a//b', '../a', 'a/../../b', 'a/./b', 'a\\..\\b', undefined, ['a']]) {
    expect(isPlainPath(path)).toBe(false)
  }
})

test('a SHA-256 is 64 hexadecimal digits in small letters', () => {
  expect(isSha256('0123456789abcdef'.repeat(4))).toBe(true)
  for (const text of ['', 'f'.repeat(63), 'F'.repeat(64), `${'f'.repeat(64)}\n`, '../'.repeat(22), 7])
    expect(isSha256(text)).toBe(false)
})
