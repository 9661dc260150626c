import { expect, test } from '@jest/globals'
import { heldOutChanges } from '../../src/bundle/held-out-changes.js'
import type { Increment, TrainingRecord } from '../../src/bundle/manifest.js'

/** Classes with count and accuracy, in an increment; a class has the folder that is given for it, else its label's. */
const state = (
  classes: readonly (readonly [string, number, number])[],
  folders: Readonly<Record<string, string>> = {},
) => {
  const perClass = classes.map(([label, count, top1]) => ({ label, count, top1, confusedWith: [] }))
  const heldOut = { old: null, new: { top1: null, count: 0 }, leak: null, miss: null, perClass }
  const increment: Increment = {
    name: 'flowers',
    features: JSON.stringify([classes, folders]),
    classes: classes.map(([label, images]) => ({ label, images, folder: folders[label] ?? label })),
  }
  return { training: { heldOut } as unknown as TrainingRecord, increments: [increment] }
}

test('classes that both have, by the names and in the order that they have afterwards', () => {
  const before = state([
    ['rose', 10, 0.5],
    ['tulip', 8, 0.75],
    ['gone', 4, 1],
  ])
  const after = state(
    [
      ['tulip', 9, 1],
      ['fresh', 3, 1],
      ['roses', 10, 0.6],
    ],
    { roses: 'rose' },
  )
  expect(heldOutChanges(before, after)).toEqual([
    { label: 'tulip', before: { count: 8, top1: 0.75 }, after: { count: 9, top1: 1 } },
    { label: 'roses', before: { count: 10, top1: 0.5 }, after: { count: 10, top1: 0.6 } },
  ])
})

test('names that were exchanged are followed', () => {
  const before = state([
    ['a', 1, 0.1],
    ['b', 2, 0.2],
  ])
  const after = state(
    [
      ['b', 1, 0.3],
      ['a', 2, 0.4],
    ],
    { a: 'b', b: 'a' },
  )
  expect(heldOutChanges(before, after)).toEqual([
    { label: 'b', before: { count: 1, top1: 0.1 }, after: { count: 1, top1: 0.3 } },
    { label: 'a', before: { count: 2, top1: 0.2 }, after: { count: 2, top1: 0.4 } },
  ])
})

test('a class that has the name of one that went is not compared with it', () => {
  const before = state([
    ['roses', 1, 0.1],
    ['tulips', 2, 0.2],
  ])
  const after = state([['tulips', 1, 0.3]], { tulips: 'roses' })
  expect(heldOutChanges(before, after)).toEqual([
    { label: 'tulips', before: { count: 1, top1: 0.1 }, after: { count: 1, top1: 0.3 } },
  ])
})

test('figures that one has not are left out', () => {
  const none = { training: { heldOut: null } as unknown as TrainingRecord, increments: [] }
  expect(heldOutChanges(none, state([['a', 1, 1]]))).toEqual([])
  expect(heldOutChanges(state([['a', 1, 1]]), none)).toEqual([])
})
