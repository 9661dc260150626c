import { expect, test } from '@jest/globals'
import { describeEvaluation } from '../../../src/cli/reports/evaluation.js'
import { styleOf } from '../../../src/cli/style.js'
import type { Evaluation } from '../../../src/evaluation/evaluation.js'

const plain = styleOf(false)

const unranked = { averagePrecision: null, bestF1: null }

const evaluation: Omit<Evaluation, 'records'> = {
  count: 300,
  top1: 0.91,
  top5: 0.98,
  either: 0.94,
  old: { count: 200, top1: 0.93, top1Base: 0.95 },
  new: { count: 100, top1: 0.87, top1Alone: 0.9 },
  harmonicMean: 0.899,
  leak: 0.015,
  miss: 0.08,
  perClass: [
    { label: 'goldfish', count: 200, top1: 0.93, precision: 0.97, recall: 0.93, f1: 0.95, ...unranked },
    { label: 'tulips', count: 100, top1: 0.87, precision: null, recall: 0.87, f1: 0, ...unranked },
  ],
  confusions: [
    { label: 'goldfish', predicted: 'tulips', count: 14 },
    { label: 'tulips', predicted: 'goldfish', count: 3 },
  ],
  unreadable: [],
  passedOver: [],
  warnings: [],
  skipped: [],
}

test('shows the accuracies beside what they are compared with, and the hardest classes first', () => {
  expect(describeEvaluation(evaluation, plain)).toBe(
    [
      '               images  right   base',
      '  all             300  91.0%',
      '  old classes     200  93.0%  95.0%',
      '  new classes     100  87.0%',
      '',
      '  among the first five answers  98.0%',
      '  told old or new, it is right  94.0%',
      '  new ones among themselves     90.0%',
      '  harmonic mean of old and new  89.9%',
      '  old taken for new (leak)       1.5%',
      '  new taken for old (miss)       8.0%',
      '',
      'Classes, the hardest first',
      '            images  right  precise',
      '  tulips       100  87.0%        –',
      '  goldfish     200  93.0%    97.0%',
      '',
      'Mistakes, the commonest first',
      '  14  goldfish, taken for tulips',
      '   3  tulips, taken for goldfish',
    ].join('\n'),
  )
})

test('leaves out what a folder of old classes cannot show', () => {
  const text = describeEvaluation({ ...evaluation, new: null, harmonicMean: null, miss: null }, plain)
  expect(text).not.toMatch(/new classes|harmonic|miss/)
  expect(text).toContain('leak')
})

test('lists ten classes at most', () => {
  const perClass = Array.from({ length: 30 }, (_, i) => ({
    label: `class ${i}`,
    count: 4,
    top1: i / 30,
    precision: 1,
    recall: i / 30,
    f1: 0.5,
    ...unranked,
  }))
  const text = describeEvaluation({ ...evaluation, perClass }, plain)
  expect(text).toContain('The 10 hardest of 30 classes')
  expect(text.match(/class \d+/g)).toEqual(Array.from({ length: 10 }, (_, i) => `class ${i}`))
})

test('of many classes, lists those with mistakes alone', () => {
  const classOf = (label: string, top1: number, precision: number) => ({
    label,
    count: 4,
    top1,
    precision,
    recall: top1,
    f1: 0.5,
    ...unranked,
  })
  const right = Array.from({ length: 28 }, (_, i) => classOf(`right ${i}`, 1, 1))
  const single = [...right, classOf('missed', 0.5, 1)]
  expect(describeEvaluation({ ...evaluation, perClass: single }, plain)).toContain(
    'The one of 29 classes with mistakes',
  )
  const perClass = [...right, classOf('said too often', 1, 0.8), classOf('missed', 0.5, 1)]
  const text = describeEvaluation({ ...evaluation, perClass }, plain)
  expect(text).toContain('The 2 of 30 classes with mistakes\n')
  expect(text.match(/(?<=^ {2})(missed|said too often|right)(?= )/gm)).toEqual(['missed', 'said too often'])
  expect(describeEvaluation({ ...evaluation, perClass: right, confusions: [] }, plain)).not.toMatch(
    /classes with|hardest/,
  )
})

test('of very many images, one mistake is seen, and one leak', () => {
  const old = { count: 5000, top1: 4999 / 5000, top1Base: 1 }
  const text = describeEvaluation({ ...evaluation, old, top1: 2999 / 3000, leak: 1 / 5000 }, plain)
  expect(text).toMatch(/all +300 +>99\.9%\n/)
  expect(text).toMatch(/old classes +5000 +>99\.9% +100\.0%\n/)
  expect(text).toMatch(/\(leak\) +<0\.1%\n/)
})

test('names the images it could not read', () => {
  const text = describeEvaluation(
    { ...evaluation, unreadable: [{ file: 'a.jpg', reason: 'Cannot use "a.jpg": it is cut off.' }] },
    plain,
  )
  expect(text).toMatch(/1 image could not be read and was left out\n {2}Cannot use "a.jpg": it is cut off\.$/)
})

test('says what may not have been meant, and what was passed over', () => {
  const passedOver = [{ kind: 'picture beside the class folders', count: 2, files: ['a.jpg', 'b.jpg'] }]
  const shown = describeEvaluation({ ...evaluation, passedOver, warnings: ['No picture in x.'] }, plain)
  expect(shown.split('\n').slice(-5)).toEqual([
    '',
    'Warning: No picture in x.',
    '',
    'Passed over: 2 pictures beside the class folders',
    '  picture beside the class folders: a.jpg, b.jpg',
  ])
})

test('names the folders that name no class', () => {
  const skipped = [
    { folder: 'misc', images: 3 },
    { folder: 'new', images: 1 },
  ]
  expect(describeEvaluation({ ...evaluation, skipped }, plain)).toMatch(
    /2 folders name no class; left out, with 4 images\n {2}misc, new$/,
  )
})

test('lists wrong images where that was asked for', () => {
  const wrong = [{ file: 'val/tulips/a.jpg', label: 'tulips', predicted: 'goldfish', probability: 0.931 }]
  expect(describeEvaluation({ ...evaluation, wrong }, plain)).toMatch(
    /1 image answered wrongly, the surest first\nval\/tulips\/a\.jpg\n {2}tulips, taken for goldfish \(93\.1%\)$/,
  )
  expect(describeEvaluation({ ...evaluation, wrong: [] }, plain)).toMatch(/No image is answered wrongly\.$/)
})

test('keeps to forty columns', () => {
  for (const line of describeEvaluation(evaluation, plain).split('\n')) expect(line.length).toBeLessThanOrEqual(40)
})
