import { expect, test } from '@jest/globals'
import type { Bundle } from '../../src/bundle/bundle.js'
import type { NewClass } from '../../src/classes/labels.js'
import { classesAnew } from '../../src/training/classes-anew.js'

const own = (label: string, images: number) => ({ folder: label, label, images })
// Roses came twice.
const increments = [{ classes: [own('roses', 2), own('daisy (flowers)', 3)] }, { classes: [own('roses', 1)] }]
const bundle = { manifest: { increments } } as unknown as Bundle
const given = (label: string, files: number): NewClass => ({
  folder: label,
  label,
  files: Array.from({ length: files }, (_, i) => `${label}/${i}.jpg`),
  grows: label !== 'oak',
})

test("the bundle's classes come first, in its order, and none of them only grows", () => {
  const warnings: string[] = []
  const classes = classesAnew(bundle, [given('oak', 1), given('daisy (flowers)', 3), given('roses', 2)], (code) =>
    warnings.push(code),
  )
  expect(classes.map(({ label, grows }) => [label, grows])).toEqual([
    ['roses', false],
    ['daisy (flowers)', false],
    ['oak', false],
  ])
  expect(warnings).toEqual(['FEWER_IMAGES'])
})

test('a class without pictures is named', () => {
  const none = () => classesAnew(bundle, [given('oak', 1), given('roses', 9)], () => undefined)
  expect(none).toThrow('those of "daisy (flowers)" are not among them')
})
