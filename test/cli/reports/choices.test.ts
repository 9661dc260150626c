import { expect, test } from '@jest/globals'
import { describeChoices } from '../../../src/cli/reports/choices.js'
import { styleOf } from '../../../src/cli/style.js'
import type { ExtendResult } from '../../../src/workflow/extend.js'

type Choices = Parameters<typeof describeChoices>[0]

const usual: Choices = {
  increment: { name: 'flowers', labels: ['rose'], images: 20 },
  fineTuning: null,
  head: { asked: 'softmax', kind: 'softmax', tried: [] },
  layers: [{ increment: 'flowers', taken: 'default', read: ['bottleneck'], tried: [] }],
  augment: { asked: 'auto', perClass: [], probe: null },
  preprocess: {
    width: 299,
    height: 299,
    resize: 'shorter',
    cropFraction: 1,
    interpolation: 'bicubic',
    values: null,
    convention: null,
    source: 'known',
    sizeSource: 'known',
    sure: true,
    evidence: 'tiny is a known model',
  },
}

/** What stands behind a name; `undefined` where there is no such line. */
function wordsOn(name: string, choices: Partial<Choices>): string | undefined {
  const lines = describeChoices({ ...usual, ...choices }, styleOf(false))
    .join('\n')
    .split('\n')
  const start = `  ${name.padEnd('pictures'.length)}  `
  return lines.find((line) => line.startsWith(start))?.slice(start.length)
}

test('says which layers were chosen, and why', () => {
  const tried = [
    { name: 'default', loss: 1 },
    { name: 'all', loss: 0.98 },
    { name: 'layout', loss: 0.8 },
  ]
  // What other increments read is theirs.
  const birds = { increment: 'birds', taken: 'all', read: [], tried }
  const words = (taken: string, some = tried) =>
    wordsOn('layers', { layers: [birds, { increment: 'flowers', taken, read: [], tried: some }] })
  expect(words('layout')).toBe(
    'the middle ones, and where in the picture things lie; 20.0% less loss on pictures left out than with the usual ones',
  )
  expect(words('default')).toBe('the usual ones; others were not clearly better on pictures left out')
  expect(words('Mixed_6e:4x4,bottleneck', [])).toBe('Mixed_6e:4x4, bottleneck, by name')
  expect(words('default', [])).toBeUndefined()
  // Perceptrons read the same for all additions, though it may be worse for one of them, or nothing tells for one.
  const worse = [tried[0]!, { name: 'all', loss: 1.1 }]
  expect(words('all', worse)).toBe('more of the middle ones too; the best for all additions together')
  expect(words('all', [])).toBe('more of the middle ones too; the best for all additions together')
  expect(wordsOn('layers', { layers: [birds] })).toBeUndefined()
})

test('says which kind of head was taken, and why', () => {
  const tried = [
    { kind: 'softmax', loss: 0.5 },
    { kind: 'svm', loss: 0.6 },
    { kind: 'mlp', loss: 0.4 },
  ] as const
  const losses = '(loss: softmax 0.500, svm 0.600, mlp 0.400)'
  const words = (head: ExtendResult['head']) => wordsOn('head', { head })
  expect(words({ asked: 'auto', kind: 'mlp', tried })).toBe(`mlp, the best on pictures left out ${losses}`)
  expect(words({ asked: 'auto', kind: 'softmax', tried })).toBe(
    `softmax, as none was clearly better on pictures left out ${losses}`,
  )
  expect(words({ asked: 'svm', kind: 'svm', tried: [] })).toBe('svm')
  expect(words({ asked: 'softmax', kind: 'softmax', tried: [] })).toBeUndefined()
})

test('says which classes have further views, and why', () => {
  const probe = { images: 80, without: 0.5, with: 0.4 }
  const views = (...some: number[]) => some.map((count, i) => ({ label: `class ${i}`, views: count }))
  const words = (augment: ExtendResult['augment']) => wordsOn('views', { augment })
  expect(words({ asked: 'auto', perClass: views(0, 0), probe: null })).toBe('each picture as it is')
  expect(words({ asked: 'auto', perClass: views(0, 0), probe })).toBe(
    'each picture as it is; variations were no better on pictures left out',
  )
  expect(words({ asked: 'auto', perClass: views(1, 1), probe: null })).toBe('each picture and a variation of it')
  expect(words({ asked: 'auto', perClass: views(1, 1, 0, 1, 1, 1), probe })).toBe(
    'each picture, and a variation of those of class 0, class 1, class 3, class 4 and 1 more; better on pictures left out',
  )
  expect(words({ asked: 2, perClass: views(2, 2), probe: null })).toBe('each picture and 2 variations of it, as asked')
  expect(words({ asked: 0, perClass: views(0, 0), probe: null })).toBe('each picture as it is, as asked')
})

test('stays in two columns where the terminal is narrow', () => {
  const lines = describeChoices(usual, styleOf(false, 40)).join('\n').split('\n')
  expect(lines).toEqual([
    'How it was learned',
    '  views     each picture as it is',
    '  pictures  to 299x299, shape kept,',
    '            bicubic; the pixels as they',
    '            are',
    '            tiny is a known model',
  ])
})

test('says what came of fine-tuning, and what counts beside it', () => {
  const fineTuning = {
    blocks: 8,
    epochs: 24,
    images: 707,
    heldOut: 77,
    loss: { frozen: 0.8, tuned: 0.5 },
    slowdown: 2.46,
    taken: true,
  }
  const linesOf = (choices: Partial<Choices>) => describeChoices({ ...usual, ...choices }, styleOf(false)).join('\n')
  const layers = [{ increment: usual.increment.name, taken: 'block,branch', read: ['block', 'branch'], tried: [] }]
  const taken = linesOf({ fineTuning, layers })
  expect(taken).toContain(
    'fine-tuning  the last 8 blocks, 24 times through 707 pictures; 37.5% less loss on pictures left out than with frozen features; predictions take 2.5 times as long',
  )
  expect(taken).toMatch(/layers +block; half by these, half by what was fine-tuned\n/)
  expect(taken).toContain('views')
  expect(linesOf({ fineTuning, layers: [{ ...layers[0]!, read: ['branch'] }] })).not.toContain('layers')
  const dropped = linesOf({ fineTuning: { ...fineTuning, blocks: 1, epochs: 1.25, taken: false } })
  expect(dropped).toContain(
    'the last block, 1.3 times through 707 pictures; dropped, as it was not clearly better on pictures left out',
  )
  expect(dropped).toContain('views')
})
