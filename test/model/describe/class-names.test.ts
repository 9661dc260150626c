import { describe, expect, test } from '@jest/globals'
import { nameColumns, namesInJson, namesInLines, namesInText } from '../../../src/model/describe/class-names.js'
import { imagenetClasses } from '../../../src/model/imagenet.js'

describe('nameColumns', () => {
  test('takes 1000 columns for ImageNet, 1001 for ImageNet behind a background class, others by number', async () => {
    const imagenet = await imagenetClasses()
    expect(await nameColumns(1000, undefined)).toEqual({
      classes: imagenet,
      background: false,
      source: 'the order of ImageNet',
    })
    expect(await nameColumns(1001, undefined)).toMatchObject({ classes: imagenet, background: true })
    expect(await nameColumns(3, undefined)).toEqual({
      classes: [0, 1, 2].map((i) => ({ label: `class ${i}`, names: [`class ${i}`] })),
      background: false,
      source: 'none',
    })
  })

  test.each([
    ['all names', (names: readonly string[]) => names.join(', ')],
    ['first names', (names: readonly string[]) => names[0]!],
    ['underscores', (names: readonly string[]) => names[0]!.replaceAll(' ', '_')],
  ])('knows ImageNet by its %s', async (_, write) => {
    const imagenet = await imagenetClasses()
    const names = imagenet.map((one) => write(one.names))
    expect(await nameColumns(1000, { names, source: 'x' })).toEqual({
      classes: imagenet,
      background: false,
      source: 'x',
    })
    const behind = ['background', ...names]
    expect(await nameColumns(1001, { names: behind, source: 'x' })).toMatchObject({
      classes: imagenet,
      background: true,
    })
  })

  test('keeps another order of ImageNet, and knows WordNet ids', async () => {
    const imagenet = await imagenetClasses()
    const names = imagenet.toReversed().map((one) => `${one.wnid} ${one.names.join(', ')}`)
    const { classes } = await nameColumns(1000, { names, source: 'synset.txt' })
    expect(classes.map(({ wnid }) => wnid)).toEqual(imagenet.toReversed().map(({ wnid }) => wnid))
  })

  test('makes labels unique', async () => {
    const { classes } = await nameColumns(3, { names: ['cat', 'cat', 'dog'], source: 'x' })
    expect(classes.map(({ label }) => label)).toEqual(['cat', 'cat (1)', 'dog'])
  })
})

test('names in JSON, in metadata and in lines', () => {
  expect(namesInJson({ 1: 'b', 0: 'a' })).toEqual(['a', 'b'])
  expect(namesInJson({ 0: 'a', 2: 'c' })).toBeUndefined()
  expect(namesInJson(['a', 1])).toBeUndefined()
  expect(namesInJson({})).toBeUndefined()
  expect(namesInText('["a", "b"]')).toEqual(['a', 'b'])
  expect(namesInText(`{0: 'a', 1: "rock 'n' roll"}`)).toEqual(['a', "rock 'n' roll"])
  expect(namesInText('a, b')).toEqual(['a', 'b'])
  expect(namesInLines('\uFEFFa\r\nb\n\n')).toEqual(['a', 'b'])
  expect(namesInLines('0: a\n1: b')).toEqual(['a', 'b'])
  expect(namesInLines('7up\ncola')).toEqual(['7up', 'cola'])
})
