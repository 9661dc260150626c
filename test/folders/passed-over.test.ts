import { expect, test } from '@jest/globals'
import { describeKinds } from '../../src/folders/passed-over.js'

test('kinds are counted in words, with the plural at their noun', () => {
  const kinds = ['text file', 'picture beside the class folders', 'archive without pictures']
  expect(describeKinds(kinds.map((kind) => ({ kind, count: 2 })))).toBe(
    '2 text files, 2 pictures beside the class folders, 2 archives without pictures',
  )
  expect(describeKinds(kinds.map((kind) => ({ kind, count: 1 })))).toBe(
    '1 text file, 1 picture beside the class folders, 1 archive without pictures',
  )
})
