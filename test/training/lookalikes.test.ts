import { expect, test } from '@jest/globals'
import { sentenceOf } from '../../src/cli/remedies.js'
import { buildTable } from '../../src/features/table.js'
import type { ClassInfo } from '../../src/catalog/imagenet.js'
import { warnOfLookalikes } from '../../src/training/lookalikes.js'

function baseOf(
  count: number,
  name: (i: number) => string = (i) => `thing ${String.fromCharCode(97 + (i % 26))}${i}x`,
) {
  return Array.from({ length: count }, (_, i): ClassInfo => ({ label: name(i), names: [name(i)] }))
}

/** The best old class of every view of every image of one new class. */
function warningsOf(
  views: readonly (readonly number[])[],
  base: readonly ClassInfo[],
  options: object = {},
  logit = 1,
): string[] {
  const rows = views.flatMap((classes, image) =>
    classes.map((best) => {
      const logits = new Float32Array(base.length)
      logits[best] = logit
      return { bottleneck: { features: Float32Array.of(0), logits }, label: 0, image }
    }),
  )
  const warnings: string[] = []
  const one = { folder: 'new', label: 'new', files: [], grows: false, ...options }
  warnOfLookalikes(buildTable(rows, rows.length, 1), [one], base, (_, message, remedy) =>
    warnings.push(sentenceOf({ message, remedy })),
  )
  return warnings
}

test('counts images by their plain view, and says how many', () => {
  const many = baseOf(200)
  // Of views, two thirds go to class 7; of images, three of five.
  expect(
    warningsOf(
      [
        [7, 7, 7],
        [7, 7, 7],
        [7, 7, 1],
        [1, 7, 7],
        [2, 2, 2],
      ],
      many,
    ),
  ).toEqual([
    `The base model already calls 3 of the 5 images of "new" ${many[7]!.label}; if they are the same thing, name the folder "${many[7]!.label}", take the new pictures out with "extend remove" and add them again with --overlap merge.`,
  ])
  expect(
    warningsOf(
      [
        [7, 7, 7],
        [1, 7, 7],
        [2, 7, 7],
      ],
      many,
    ),
  ).toEqual([])
})

test('of one image only where the base model is sure', () => {
  expect(warningsOf([[7, 7, 1]], baseOf(200), {}, 8)).toEqual([
    expect.stringMatching(/already calls the one image of "new" /),
  ])
  expect(warningsOf([[7], [8]], baseOf(200), {}, 8)).toEqual([expect.stringContaining('1 of the 2 images of "new"')])
})

test('is silent where it would say nothing', () => {
  // One image always goes to some class, here with a probability of 1 % or so.
  expect(warningsOf([[7, 7, 7]], baseOf(200))).toEqual([])
  expect(warningsOf([[7], [8]], baseOf(200))).toEqual([])
  const all = [[7], [7]]
  expect(warningsOf(all, baseOf(200))).toHaveLength(1)
  expect(warningsOf(all, baseOf(10))).toEqual([])
  for (const name of [(i: number) => `class ${i}`, (i: number) => `LABEL_${i}`, String]) {
    expect(warningsOf(all, baseOf(200, name))).toEqual([])
  }
  expect(warningsOf(all, baseOf(200), { mergedInto: 3 })).toEqual([])
  expect(warningsOf(all, baseOf(200), { grows: true })).toEqual([])
})
