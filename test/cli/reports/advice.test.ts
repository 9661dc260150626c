import { expect, test } from '@jest/globals'
import type { Advice } from '../../../src/advice/advice.js'
import { describeAdvice } from '../../../src/cli/reports/advice.js'
import { styleOf } from '../../../src/cli/style.js'

const advice: Advice = {
  folder: 'flowers',
  model: './extended',
  classes: [
    { label: 'roses', images: 40, files: 42, grows: null, top1: 0.85 },
    { label: 'tulips', images: 1, files: 1, grows: null, top1: null },
  ],
  images: { given: 43, used: 41, unreadable: 1, duplicate: 1 },
  unreadable: [{ file: 'flowers/roses/x.jpg', reason: 'Cannot use it\u001b[31m.' }],
  passedOver: [],
  duplicates: [
    { files: ['flowers/roses/1.jpg', 'flowers/tulips/1.jpg'], labels: ['roses', 'tulips'], kind: 'near', test: 0 },
  ],
  judged: { giveaways: 2, labels: 2, outliers: 1 },
  mislabelled: [
    { file: 'flowers/roses/\u001b]0;2.jpg', label: 'roses', suggested: 'tulips', score: 0.99, likely: true },
    { file: 'flowers/roses/3.jpg', label: 'roses', suggested: 'tulips', score: 0.2, likely: false },
  ],
  outliers: Array.from({ length: 13 }, (_, i) => ({
    file: `flowers/roses/o${i}.jpg`,
    label: 'roses',
    score: 0.9,
    likely: true,
  })),
  similar: [],
  overlap: [],
  giveaways: [{ label: 'tulips', attribute: 'jpeg-quality', score: 1, value: 20, others: 90 }],
  shift: null,
  test: null,
  expected: { top1: 0.8, low: 0.7, high: 0.87, testImages: 10 },
  learningCurve: [{ images: 20, top1: 0.8, low: 0.7, high: 0.87, forecast: true }],
  case: 'few-like',
  advice: [
    {
      kind: 'labels',
      message: '1 picture is in the wrong folder.',
      gain: { top1: 0.021, how: 'measured' },
      files: [],
    },
    { kind: 'ready', message: 'Ready.', remedy: { kind: 'add-folder', folder: 'my flowers' }, gain: null, files: [] },
  ],
  warnings: [],
  seconds: {},
}

test('says first what to do, with what it brings and what to type', () => {
  expect(describeAdvice(advice, styleOf(false)).split('\n').slice(0, 7)).toEqual([
    'flowers: 41 images of 2 classes, beside 1 copy and 1 that cannot be read.',
    'Of new pictures like them, ./extended would get about 80.0% right (70.0% to 87.0% in a test of 10).',
    '',
    'What to do, the most useful first',
    '  1.  1 picture is in the wrong folder. (about 2.1 points more)',
    `  2.  Ready; type "extend --add 'my flowers'".`,
    '',
  ])
})

test('lists the likely ones alone, by their path as it can be typed, and says how many more there are', () => {
  const text = describeAdvice(advice, styleOf(false))
  expect(text).not.toContain('roses/3.jpg')
  expect(text).toContain('Unlike their class (13)\n  90.0%  flowers/roses/o0.jpg')
  expect(text).toContain('and 3 more; all with --json')
  expect(text).toContain('flowers/roses/1.jpg, flowers/tulips/1.jpg, changed, in several classes')
  expect(text).toContain('tulips: jpeg-quality 20, others 90')
})

test('with test pictures of another kind, the expected accuracy is said not to hold for them', () => {
  const test = { images: [41, 60] as const, auroc: 1, pValue: 0.001, couldTell: true, perClass: [], telling: [] }
  const said = (differs: boolean) => describeAdvice({ ...advice, test: { ...test, differs } }, styleOf(false))
  expect(said(true).split('\n')[1]).toContain('does not hold for the test pictures')
  expect(said(false)).not.toContain('does not hold')
})

test('where so few test pictures cannot show a difference, none is denied', () => {
  const test = { images: [3, 3] as const, auroc: 0.6, pValue: 0.4, differs: false, perClass: [], telling: [] }
  const said = (couldTell: boolean, images: readonly [number, number] = test.images) =>
    describeAdvice({ ...advice, test: { ...test, couldTell, images } }, styleOf(false))
  const odds = '(AUROC 0.60, p = 0.40).'
  expect(said(true, [40, 20])).toContain(`20 images: they cannot be told from those to learn from ${odds}`)
  expect(said(true, [40, 19])).toContain(`no difference was found; of so few, only a large one would show ${odds}`)
  expect(said(false)).toContain(
    '3 images: with so few pictures, no difference could have been found (AUROC 0.60, p = 0.40).',
  )
})

test('a gain that reads as none is not named', () => {
  const gaining = (top1: number) => {
    const steps = [{ ...advice.advice[0]!, gain: { top1, how: 'measured' as const } }]
    return describeAdvice({ ...advice, advice: steps }, styleOf(false))
  }
  expect(gaining(0.0006)).toContain('(about 0.1 points more)')
  for (const top1 of [0.0004, 0, -0.01]) expect(gaining(top1)).not.toContain('points more')
})

test('no control character of a name or a reason reaches the terminal', () => {
  // eslint-disable-next-line no-control-regex
  expect(describeAdvice(advice, styleOf(false))).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
})

test('says once which increment a class came with', () => {
  const overlap = [
    { label: 'daisy', existing: 'daisy (flowers)', increment: 'flowers', byName: true, score: null },
    { label: 'roses', existing: 'roses', increment: 'flowers', byName: true, score: 0.5 },
  ]
  const lines = describeAdvice({ ...advice, overlap }, styleOf(false)).split('\n')
  const start = lines.findIndex((line) => line.startsWith('There already'))
  expect(lines.slice(start + 1, start + 3)).toEqual([
    '  daisy: daisy (flowers), by name',
    '  roses: roses (flowers), by name, 50.0% of the pictures taken for it',
  ])
})
