import { beforeAll, describe, expect, test } from '@jest/globals'
import { imagenetClasses, type ClassInfo } from '../../src/catalog/imagenet.js'
import { findOverlap } from '../../src/catalog/overlap.js'

let classes: ClassInfo[]
beforeAll(async () => {
  classes = await imagenetClasses()
})

describe('findOverlap', () => {
  test.each([
    ['the first name', 'daisy', 985],
    ['a synonym', 'tabby cat', 281],
    ['a plural', 'daisies', 985],
    ['an irregular plural', 'mice', 673],
    ['another case', 'Golden Retriever', 207],
    ['hyphens', 'golden-retriever', 207],
    ['underscores, capitals and a plural at once', ' GOLDEN__RETRIEVERS ', 207],
    ['a Latin name', 'Mustela putorius', 358],
  ])('knows a class by %s', (_, name, expected) => {
    expect(findOverlap(name, classes)).toBe(expected)
  })

  test('finds none where there is none', () => {
    for (const name of ['tulip', 'rose', 'golden', 'retriever golden', 'dais', '']) {
      expect(findOverlap(name, classes)).toBeUndefined()
    }
  })

  test('every class has its own label, those that share a name as well', () => {
    expect(classes.map(({ label }) => findOverlap(label, classes))).toEqual(classes.map((_, i) => i))
  })

  test('what names two classes goes to the one whose spelling it is, or else to the first', () => {
    expect(['sunglass', 'sunglasses', 'Sunglasses'].map((name) => findOverlap(name, classes))).toEqual([836, 837, 836])
    expect(['Cardigan', 'cardigan'].map((name) => findOverlap(name, classes))).toEqual([264, 474])
    expect(['crane', 'cranes', 'crane (n03126707)'].map((name) => findOverlap(name, classes))).toEqual([134, 134, 517])
  })

  test('a first name goes before a synonym', () => {
    // "polecat" is also a synonym of the skunk (361), "panther" of the cougar (286).
    expect(findOverlap('polecats', classes)).toBe(358)
    const cats = [
      { label: 'cougar', names: ['cougar', 'panther'] },
      { label: 'big cat', names: ['panther'] },
    ]
    expect(findOverlap('panthers', cats)).toBe(1)
  })

  test('a class without names is known by its label alone', () => {
    const nameless = [{ label: 'class 0', names: [] }]
    expect([findOverlap('class 0', nameless), findOverlap('class 1', nameless)]).toEqual([0, undefined])
  })
})
