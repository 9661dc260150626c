import { expect, test } from '@jest/globals'
import { heldOutChanges } from '../../src/bundle/held-out-changes.js'
import type { TrainingRecord } from '../../src/bundle/manifest.js'

const state = (classes: readonly (readonly [string, number, number])[]) => {
  const perClass = classes.map(([label, count, top1]) => ({ label, count, top1, confusedWith: [] }))
  const heldOut = { old: null, new: { top1: null, count: 0 }, leak: null, miss: null, perClass }
  return { training: { heldOut } as unknown as TrainingRecord }
}

test('classes that both have, by the names and in the order that they have afterwards', () => {
  const before = state([
    ['rose', 10, 0.5],
    ['tulip', 8, 0.75],
    ['gone', 4, 1],
  ])
  const after = state([
    ['tulip', 9, 1],
    ['fresh', 3, 1],
    ['roses', 10, 0.6],
  ])
  expect(heldOutChanges(before, after, [{ from: 'rose', to: 'roses' }])).toEqual([
    { label: 'tulip', before: { count: 8, top1: 0.75 }, after: { count: 9, top1: 1 } },
    { label: 'roses', before: { count: 10, top1: 0.5 }, after: { count: 10, top1: 0.6 } },
  ])
})

test('names that were exchanged are followed', () => {
  const before = state([
    ['a', 1, 0.1],
    ['b', 2, 0.2],
  ])
  const after = state([
    ['b', 1, 0.3],
    ['a', 2, 0.4],
  ])
  const renamed = [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'a' },
  ]
  expect(heldOutChanges(before, after, renamed)).toEqual([
    { label: 'b', before: { count: 1, top1: 0.1 }, after: { count: 1, top1: 0.3 } },
    { label: 'a', before: { count: 2, top1: 0.2 }, after: { count: 2, top1: 0.4 } },
  ])
})

test('figures that one has not are left out', () => {
  const none = { training: { heldOut: null } as unknown as TrainingRecord }
  expect(heldOutChanges(none, state([['a', 1, 1]]), [])).toEqual([])
  expect(heldOutChanges(state([['a', 1, 1]]), none, [])).toEqual([])
})
