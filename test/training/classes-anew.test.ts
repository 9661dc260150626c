import { expect, test } from '@jest/globals'
import type { Bundle } from '../../src/bundle/bundle.js'
import type { AddedClass } from '../../src/bundle/manifest.js'
import type { NewClass } from '../../src/classes/labels.js'
import type { ProgressEvent } from '../../src/core/progress.js'
import { classesAnew, warnOfForgotten } from '../../src/training/classes-anew.js'
import { imagesOf } from '../support/tiny-world.js'

const own = (label: string, images: number): AddedClass => ({ folder: label, label, images })
// Roses came twice.
const increments = [{ classes: [own('roses', 2), own('daisy (flowers)', 3)] }, { classes: [own('roses', 1)] }]
const bundleOf = (of: object) => ({ manifest: { increments: of } }) as unknown as Bundle
const bundle = bundleOf(increments)
const given = (label: string, files: number): NewClass => ({
  folder: label,
  label,
  files: Array.from({ length: files }, (_, i) => `${label}/${i}.jpg`),
  grows: label !== 'oak',
})

test("the bundle's classes come first, in its order, and none of them only grows", () => {
  const classes = classesAnew(bundle, [given('oak', 1), given('daisy (flowers)', 3), given('roses', 2)], undefined)
  expect(classes.map(({ label, grows }) => [label, grows])).toEqual([
    ['roses', false],
    ['daisy (flowers)', false],
    ['oak', false],
  ])
})

test('what cannot be trained anew is named', () => {
  const roses = given('roses', 9)
  expect(() => classesAnew(bundle, [given('oak', 1), roses], 'merge')).toThrow('those of "daisy (flowers)" are not')
  const merged = bundleOf([{ classes: [{ ...own('daisy', 3), mergedInto: 985 }] }])
  expect(() => classesAnew(merged, [given('daisy', 3)], undefined)).toThrow('"daisy" is merged into an old class')
  expect(() => classesAnew(bundle, [roses], 'separate')).toThrow('makes others of them')
  expect(classesAnew(bundleOf([]), [given('oak', 1)], 'separate')).toHaveLength(1)
})

test('pictures that are not given again are told by their content', () => {
  const before = { name: 'before', classes: [own('roses', 4), own('oak', 4)] }
  const kept = imagesOf({ directions: [3, 4], images: 4, seed: 'kept' })
  const said = (classes: AddedClass[], table: typeof kept) => {
    const messages: string[] = []
    const tell = (event: ProgressEvent) => 'message' in event && messages.push(event.message)
    warnOfForgotten([{ increment: before, table: kept }], { increment: { name: 'now', classes }, table }, tell)
    return messages
  }
  expect(said(before.classes, kept)).toEqual([])
  // As many pictures, in the other class each.
  expect(said(before.classes.toReversed(), kept)).toEqual([expect.stringMatching(/^8 pictures that the bundle/)])
  expect(said([own('roses', 4)], kept)).toEqual([expect.stringMatching(/^4 pictures .* are not given again/)])
})
