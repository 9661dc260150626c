import { describe, expect, test } from '@jest/globals'
import type { HeldOutClassRecord } from '../../src/bundle/manifest.js'
import { thresholdsByColumn } from '../../src/classes/thresholds.js'
import type { ProgressEvent } from '../../src/core/progress.js'

const labels = ['cat', 'dog', 'rose', 'tulip', 'daisy (flowers)'].map((label, index) => ({
  index,
  label,
  increment: index < 2 ? 'base' : 'flowers',
}))

const record = (label: string, threshold?: number): HeldOutClassRecord => ({
  label,
  count: 4,
  top1: 0.5,
  confusedWith: [],
  ...(threshold === undefined ? {} : { threshold }),
})

const all = [record('rose', 0.4), record('tulip', 0.25), record('daisy (flowers)', 0.6)]
const classesWith = (heldOut: readonly HeldOutClassRecord[]) => ({ labels, baseCount: 2, heldOut })

describe('best-f1', () => {
  test('are those of the held-out figures, of added classes alone', () => {
    // A merged class has its old class's label.
    expect([...thresholdsByColumn('best-f1', classesWith([record('cat'), ...all]))]).toEqual([
      [2, 0.4],
      [3, 0.25],
      [4, 0.6],
    ])
  })

  test('tells which classes have none', () => {
    const events: ProgressEvent[] = []
    const thresholds = thresholdsByColumn('best-f1', classesWith(all.slice(1)), (event) => events.push(event))
    expect([...thresholds.keys()]).toEqual([3, 4])
    expect(events).toEqual([
      {
        type: 'warning',
        code: 'NO_THRESHOLD',
        message: 'There is no threshold for "rose", so these answers count as sure.',
        remedy: { kind: 'fit-again' },
      },
    ])
  })

  test.each([
    ['without held-out figures', []],
    ['of an earlier version', [record('rose'), record('tulip'), record('daisy (flowers)')]],
  ])('cannot be had of a bundle %s', (_, heldOut) => {
    expect(() => thresholdsByColumn('best-f1', classesWith(heldOut))).toThrow(
      expect.objectContaining({
        code: 'BAD_INPUT',
        message:
          'This bundle holds no thresholds: an earlier version made it, or what was added since is frozen or merged.',
        remedy: { kind: 'fit-again' },
      }),
    )
  })

  test('are meant where another word is given', () => {
    expect(() => thresholdsByColumn('best-f2' as 'best-f1', classesWith(all))).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: 'Thresholds are "best-f1", for those of the bundle, or numbers by label, not "best-f2".',
      }),
    )
  })

  test('cannot be had of a model that nothing was added to', () => {
    const base = { labels: labels.slice(0, 2), baseCount: 2, heldOut: [] }
    expect(() => thresholdsByColumn('best-f1', base)).toThrow(/no class of its own was added to it/)
  })
})

describe('thresholds by label', () => {
  test('may be of any class, old ones too', () => {
    expect([...thresholdsByColumn({ 'daisy (flowers)': 0, dog: 1 }, classesWith([]))]).toEqual([
      [4, 0],
      [1, 1],
    ])
  })

  test('are found however their letters are composed', () => {
    const named = [{ index: 0, label: 'rosé', increment: 'base' }]
    const thresholds = thresholdsByColumn({ 'rose\u0301': 0.5 }, { labels: named, baseCount: 1, heldOut: [] })
    expect([...thresholds]).toEqual([[0, 0.5]])
  })

  test('are two for a class whose label is written in two ways', () => {
    const named = { labels: [{ index: 0, label: 'rosé', increment: 'base' }], baseCount: 1, heldOut: [] }
    expect(() => thresholdsByColumn({ 'ros\u00e9': 0.5, 'rose\u0301': 0.6 }, named)).toThrow(/two thresholds for/)
  })

  test('of a class that is not there name the nearest', () => {
    expect(() => thresholdsByColumn({ cat: 0.5, roses: 0.5 }, classesWith(all))).toThrow(
      expect.objectContaining({
        code: 'BAD_INPUT',
        message: expect.stringMatching(
          /^A threshold is given for "roses", which is no class of this model; the nearest labels are "rose", /,
        ),
        data: { label: 'roses', nearest: expect.arrayContaining(['rose', 'tulip']) },
      }),
    )
  })

  test.each([-0.1, 1.1, NaN, Infinity])('of %p are refused', (threshold) => {
    expect(() => thresholdsByColumn({ rose: threshold }, classesWith(all))).toThrow(
      `The threshold of "rose" must be a probability from 0 to 1, such as 0.4, not ${threshold}.`,
    )
  })
})
