import { describe, expect, test } from '@jest/globals'
import { nameColumns } from '../../../src/preprocessing/describe/class-names.js'
import { namesInFile, namesInJson, namesInLines, namesInText } from '../../../src/preprocessing/describe/label-text.js'
import { imagenetClasses } from '../../../src/catalog/imagenet.js'

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
  expect(namesInText(`['a', "b's", 'c, d']`)).toEqual(['a', "b's", 'c, d'])
  expect(namesInText(`('a', 'b')`)).toEqual(['a', 'b'])
  expect(namesInText(String.raw`{0: 'a\'s', 1 : "\\", 2:''}`)).toEqual([String.raw`a\'s`, String.raw`\\`, ''])
  expect(namesInText(`{0: 'a', x: 'b', 12345678901: 'c', 1: 'd`)).toEqual(['a'])
  expect(namesInLines('\uFEFFa\r\nb\n\n')).toEqual(['a', 'b'])
  expect(namesInLines('0: a\n1: b')).toEqual(['a', 'b'])
  expect(namesInLines('7up\ncola')).toEqual(['7up', 'cola'])
  expect(namesInLines('1 star\n2 stars\n3 stars\n4 stars')).toEqual(['1 star', '2 stars', '3 stars', '4 stars'])
  expect(namesInLines('1 crane\n2 crane\n3 eel')).toEqual(['crane', 'crane', 'eel'])
})

test.each([
  [
    'a dictionary as Python prints it',
    "{0: 'tench, Tinca tinca',\n 1: 'goldfish'}",
    ['tench, Tinca tinca', 'goldfish'],
  ],
  ['one below a comment', "# From a gist\n\n# of 2017\n{0: 'a',\n 1: \"b's\"}", ['a', "b's"]],
  ['a list as Python prints it', "['a', 'b']", ['a', 'b']],
  ['a bracket on the first line alone', '[background]\ncat', ['[background]', 'cat']],
  ['names that begin with a mark', '#1\n#2', ['#1', '#2']],
])('a file of names: %s', (_, text, names) => {
  expect(namesInFile(text, 'labels.txt')).toEqual(names)
})

test('a log beside a model is no damaged JSON, a file that is called so is', () => {
  expect(namesInFile('[2026-01-03 10:02] exported\ndone', 'resnet.txt')).toHaveLength(2)
  expect(() => namesInFile('[1, 2', 'labels.json')).toThrow('not valid JSON')
})

test.each([
  ['digits', (length: number) => `{${'1'.repeat(length)}`],
  ['spaces behind a key', (length: number) => `{${`1${' '.repeat(1000)}`.repeat(length / 1001)}`],
  ['keys in front of a string', (length: number) => `{${'1: '.repeat(length / 3)}"a"`],
  ['quotes that nothing closes', (length: number) => `[${`'\\`.repeat(length / 2)}]`],
  ['brackets', (length: number) => `[${'] '.repeat(length / 2)}x`],
])('a long field of %s comes to an end', (_, make) => {
  // Half a million starts, each looked on from to the end, would take minutes.
  expect(namesInText(make(1_000_000))?.length ?? 0).toBeLessThanOrEqual(1)
  expect(namesInText(make(1_100_000))).toBeUndefined()
})

describe('a file of class names', () => {
  const three = ['cat', 'dog', 'eel']
  test.each([
    ['one a line, with a byte order mark and CRLF', '\uFEFFcat\r\ndog\r\neel\r\n', 'labels.txt'],
    ['numbered from 0', '0 cat\n1 dog\n2 eel', 'labels.txt'],
    ['numbered from 1, with colons', '1: cat\n2: dog\n3: eel\n', 'labels.txt'],
    ['in one line', 'cat, dog, eel\n', 'classes.txt'],
    ['quoted', '"cat",\n"dog",\n"eel"', 'classes.txt'],
    ['a JSON list', '\uFEFF["cat", "dog", "eel"]', 'labels.json'],
    ['by index', '{"0": "cat", "2": "eel", "1": "dog"}', 'labels.json'],
    ['by name', '{"dog": 1, "cat": 0, "eel": 2}', 'class_indices.json'],
    [
      'as a configuration holds it',
      '{"model_type": "x", "id2label": {"0": "cat", "1": "dog", "2": "eel"}}',
      'labels.json',
    ],
    ['JSON whatever its name', '["cat", "dog", "eel"]', 'labels.txt'],
  ])('%s', (_, text, file) => expect(namesInFile(text, file)).toEqual(three))

  test('of WordNet ids, as lines and as Keras has it', () => {
    const lines = namesInFile('n01440764 tench, Tinca tinca\nn01443537 goldfish, Carassius auratus', 'synset.txt')
    expect(lines).toEqual(['n01440764 tench, Tinca tinca', 'n01443537 goldfish, Carassius auratus'])
    expect(namesInFile('{"0": ["n01440764", "tench"]}', 'x.json')).toEqual(['n01440764 tench'])
  })

  test('that holds none, or is damaged', () => {
    expect(namesInFile('{"model": "x"}', 'labels.json')).toBeUndefined()
    expect(namesInFile('{"0": "a", "2": "c"}', 'labels.json')).toBeUndefined()
    expect(() => namesInFile('{"0": ', 'labels.json')).toThrow('labels.json is not valid JSON; mend or remove it.')
    expect(() => namesInFile('cat', 'labels.json')).toThrow('labels.json is not valid JSON; mend or remove it.')
  })
})

test('names of few classes: WordNet ids are known, labels are unique and in NFC', async () => {
  const names = ['n01440764 tench, Tinca tinca', 'n99999999 robot', 'cat', 'cat (4)', 'cat', 'cafe\u0301']
  const { classes } = await nameColumns(6, { names, source: 'x' })
  expect(classes.map(({ label }) => label)).toEqual(['tench', 'robot', 'cat', 'cat (4)', 'cat (4) (4)', 'caf\u00e9'])
  expect(classes.map(({ wnid }) => wnid).slice(0, 3)).toEqual(['n01440764', 'n99999999', undefined])
})

test('a list without the background class in front fits a model that has it', async () => {
  const imagenet = await imagenetClasses()
  const names = imagenet.map((one) => one.names[0]!)
  expect(await nameColumns(1001, { names, source: 'x' })).toMatchObject({ classes: imagenet, background: true })
})
