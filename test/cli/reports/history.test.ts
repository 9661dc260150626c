import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { describeHistory } from '../../../src/cli/reports/history.js'
import { styleOf } from '../../../src/cli/style.js'
import type { History, HistoryEntry } from '../../../src/workflow/history.js'

const plain = styleOf(false)
const zone = process.env.TZ
beforeAll(() => void (process.env.TZ = 'UTC'))
afterAll(() => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

const nothing = {
  added: [],
  removed: [],
  grown: [],
  shrunk: [],
  renamed: [],
  increments: { added: [], removed: [], renamed: [] },
}
const figures = (old: number, fresh: number) => ({
  old: { top1Before: 0.95, top1After: old, count: 1000 },
  new: { top1: fresh, count: 20 },
  leak: 0.01,
  miss: 0.02,
})

const first: HistoryEntry = {
  revision: 1,
  date: '2026-11-28T23:05:00.000Z',
  kind: 'add',
  command: "extend --add 'my\u001bflowers'",
  classes: { base: 1000, added: 2, total: 1002 },
  changes: {
    ...nothing,
    added: [
      { label: 'ro\u0007se', images: 12 },
      { label: 'tulip', images: 8 },
    ],
  },
  heldOut: { before: null, after: figures(0.94, 0.8) },
  kept: true,
}
const second: HistoryEntry = {
  ...first,
  revision: 2,
  kind: 'rollback',
  restored: 1,
  command: null,
  changes: {
    ...nothing,
    removed: [{ label: 'daisy', images: 3 }],
    grown: [{ label: 'tulip', before: 1, images: 8 }],
    shrunk: [{ label: 'rose', before: 14, images: 12 }],
    renamed: [{ from: 'poppy', to: 'corn poppy' }],
    increments: { added: [], removed: [], renamed: [{ from: 'flowers', to: 'meadow' }] },
  },
  heldOut: { before: figures(0.93, 0.7), after: figures(0.94, 0.8) },
  kept: false,
}
const all: History = { bundle: 'extended', revisions: [second, first], keep: 5, bytes: { total: 2e6, history: 1500 } }

test('every change says when and what it was, what it was typed as, and what it did', () => {
  expect(describeHistory(all, plain)).toBe(
    [
      '2  2026-11-28 23:05  rolled back to 1  current',
      '  1 class went: daisy',
      '  grew: tulip from 1 to 8 images',
      '  shrank: rose from 14 to 12 images',
      '  renamed: poppy to corn poppy',
      '  increment renamed: flowers to meadow',
      '  1002 classes: 1000 old, 2 added',
      '  held out, new classes: 70.0% → 80.0% right',
      '  held out, old classes: 93.0% → 94.0% right',
      '',
      '1  2026-11-28 23:05  added  kept',
      "  extend --add 'my?flowers'",
      '  2 classes came with 20 images: ro?se, tulip',
      '  1002 classes: 1000 old, 2 added',
      '  held out, new classes: 80.0% right',
      '  held out, old classes: 95.0% → 94.0% right',
      '',
      '1 earlier revision can be brought back: extend rollback REVISION.',
      '2.0 MB on the disk, 1.5 kB of it for the history.',
    ].join('\n'),
  )
})

test('what is not known is left out, and that is said', () => {
  const heldOut = { before: null, after: null }
  const unknown = { revision: 4, date: null, kind: null, command: null, classes: null, changes: null, heldOut }
  const one = { ...all, revisions: [{ ...unknown, kept: false }] }
  expect(describeHistory(one, plain)).toBe(
    [
      '4  not recorded  current',
      '',
      'What was before is not known: the bundle came without its records, or an earlier version changed it.',
      'No earlier revision is kept yet.',
      '2.0 MB on the disk, 1.5 kB of it for the history.',
    ].join('\n'),
  )
  expect(describeHistory({ ...one, keep: 0 }, plain)).toContain('\nNo earlier revision is kept.\n')
})

test('figures of far fewer images than before say of how many they are', () => {
  const before = figures(0.93, 0.7)
  const after = { ...figures(0.95, 0.8), old: { top1Before: 0.95, top1After: 0.95, count: 200 } }
  const entry = { ...first, heldOut: { before, after } }
  const text = describeHistory({ ...all, revisions: [entry] }, plain)
  expect(text).toContain('held out, new classes: 70.0% → 80.0% right')
  expect(text).toContain('held out, old classes: 93.0% of 1000 → 95.0% of 200 right')
})
