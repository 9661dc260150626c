import { resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import { describeDifference } from '../../../src/cli/reports/diff.js'
import { styleOf } from '../../../src/cli/style.js'
import type { Difference } from '../../../src/workflow/diff.js'

const plain = styleOf(false)
const figures = (old: number, fresh: number) => ({
  old: { top1Before: 0.95, top1After: old, count: 1000 },
  new: { top1: fresh, count: 20 },
  leak: 0.01,
  miss: null,
})
const state = (revision: number, added: number) => ({
  bundle: resolve('extended'),
  revision,
  base: 'tiny',
  classes: { base: 10, added, total: 10 + added },
  heldOut: figures(0.9, revision / 10),
})
const nothing: Difference['changes'] = {
  added: [],
  removed: [],
  grown: [],
  shrunk: [],
  renamed: [],
  increments: { added: [], removed: [], renamed: [] },
}
const answer = (label: string, right: boolean | null, probability: number) => ({ label, right, probability })

const difference: Difference = {
  before: state(2, 1),
  after: state(3, 2),
  changes: { ...nothing, added: [{ label: 'tu\u0007lip', images: 8 }] },
  perClass: [
    { label: 'rose', before: { count: 10, top1: 0.8 }, after: { count: 10, top1: 0.9 } },
    { label: 'same', before: { count: 5, top1: 1 }, after: { count: 5, top1: 1 } },
  ],
  answers: {
    count: 20,
    changed: {
      better: [
        { file: 'a\u001b.jpg', folder: 'rose', before: answer('bee', false, 0.5), after: answer('rose', true, 0.75) },
      ],
      worse: [],
      other: [{ file: 'b.jpg', folder: 'x', before: answer('bee', null, 0.5), after: answer('fox', null, 0.25) }],
    },
    both: { count: 10, before: 0.7, after: 0.8, pValue: 1 },
    beforeOnly: null,
    afterOnly: { count: 4, top1: 0.5 },
    unreadable: [{ file: 'c.jpg', reason: 'c.jpg is no image.' }],
    passedOver: [],
    warnings: [],
  },
}

test('tells what differs in classes, figures and answers', () => {
  expect(describeDifference(difference, plain)).toBe(
    [
      'before  ./extended, revision 2: 11 classes, 10 old (tiny) and 1 added',
      'after   ./extended, revision 3: 12 classes, 10 old (tiny) and 2 added',
      '  1 class came with 8 images: tu?lip',
      '',
      'On images held out from training',
      '                            before  after',
      '  old classes                90.0%  90.0%',
      '  new classes                20.0%  30.0%',
      '  old taken for new (leak)    1.0%   1.0%',
      '',
      'Added classes whose figures differ',
      '        before  after',
      '  rose   80.0%  90.0%',
      '',
      'On 20 images',
      '  same answer              18',
      '  right now, wrong before   1',
      '  wrong now, right before   0',
      '  other changes             1',
      '',
      'Right of 10 images whose class both have: 70.0% before, 80.0% after. That may be chance (p = 1.000).',
      'Right of 4 images whose class only the second has: 50.0%.',
      '',
      'Right now, wrong before',
      'a?.jpg',
      '  bee (50.0%), now rose (75.0%)',
      '',
      'Other changes: wrong both times, or of a class that only one of them has',
      'b.jpg',
      '  bee (50.0%), now fox (25.0%)',
      '',
      '1 image could not be read',
      '  c.jpg is no image.',
    ].join('\n'),
  )
})

test('warnings about the images are printed', () => {
  const answers = { ...difference.answers!, warnings: ['The folder "e\u001bmpty" holds no picture.'] }
  expect(describeDifference({ ...difference, answers }, plain)).toMatch(
    /c\.jpg is no image\.\n\nWarning: The folder "e\?mpty" holds no picture\.$/,
  )
})

test('without images, and where nothing differs', () => {
  const same = { ...difference, changes: nothing, perClass: [], answers: null }
  const unknown = { ...same, before: { ...state(1, 0), heldOut: null }, after: { ...state(1, 0), heldOut: null } }
  expect(describeDifference(unknown, plain)).toBe(
    [
      'before  ./extended, revision 1: 10 classes, 10 old (tiny) and 0 added',
      'after   ./extended, revision 1: 10 classes, 10 old (tiny) and 0 added',
      '  The classes are the same, with the same images.',
    ].join('\n'),
  )
})

test.each([
  [0.0004, 'That is hardly chance (p < 0.001).'],
  [0.03, 'That is hardly chance (p = 0.030).'],
  [0.05, 'That may be chance (p = 0.050).'],
])('a p-value of %d reads "%s"', (pValue, sentence) => {
  const answers = { ...difference.answers!, both: { count: 10, before: 0.7, after: 0.8, pValue } }
  expect(describeDifference({ ...difference, answers }, plain)).toContain(`80.0% after. ${sentence}\n`)
})
