import { expect, test } from '@jest/globals'
import { classByPath } from '../../src/catalog/class-of-file.js'
import { imagenetClasses } from '../../src/catalog/imagenet.js'

test('a WordNet id in file or folder, a folder’s label, or its number where classes have no names', () => {
  const classOf = classByPath([
    { label: 'tench', wnid: 'n01440764', names: ['tench'] },
    { label: 'caf\u00e9 chair', names: ['caf\u00e9 chair'] },
  ])
  expect(classOf('old/n01440764.jpg')).toBe(0)
  expect(classOf('old/n01440764/7.jpg')).toBe(0)
  expect(classOf('old/Cafe\u0301_chair/7.jpg')).toBe(1)
  expect(classOf('old/other/7.jpg')).toBe(-1)
  expect(classOf('old/1/7.jpg')).toBe(-1)
  const numbered = classByPath([0, 1].map((i) => ({ label: `class ${i}`, names: [`class ${i}`] })))
  expect(numbered('old/00001/x.png')).toBe(1)
  expect(numbered('old/class 0/x.png')).toBe(0)
})

test('of two labels that differ by case alone, the one that is written so', async () => {
  const classOf = classByPath(await imagenetClasses())
  expect(['Cardigan', 'cardigan', 'CARDIGAN', 'TENCH'].map((folder) => classOf(`old/${folder}/7.jpg`))).toEqual([
    264, 474, -1, 0,
  ])
})
