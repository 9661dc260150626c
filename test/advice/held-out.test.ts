import { expect, test } from '@jest/globals'
import { heldOutScores, type HeldOutOptions } from '../../src/advice/held-out.js'
import { pickRows, type FeatureTable } from '../../src/features/table.js'
import { clouds } from './clouds.js'

const base = [{ label: 'old', names: ['old'] }]
const classes = ['a', 'b'].map((label) => ({ folder: label, label, images: 20 }))
const shape = { dim: 8, separation: 0, old: 0 }
const own = clouds({ ...shape, classes: 2, images: 20, seed: 'new' })
const table = { ...own, file: own.image }
const dataSet = {
  images: Array.from(table.label, (column, i) => ({ file: `${i}`, column })),
  table,
  columns: classes.map(({ label }, place) => ({ label, increment: 0, sources: [{ increment: 0, place }] })),
  increments: [{ name: 'added', classes }],
  merged: new Map(),
  kept: undefined as FeatureTable | undefined,
  // Old images that nothing tells from the new ones.
  old: clouds({ ...shape, classes: 1, images: 40, seed: 'old' }),
}
const firsts = [...table.label.keys()]

async function scores(options: Partial<HeldOutOptions>, given: Partial<typeof dataSet> = {}) {
  return heldOutScores({ ...dataSet, ...given }, firsts, { seed: 0, base, prior: 0.15, ...options })
}

test('answers are calibrated with the prior and the limit that are given', async () => {
  const lost = async (options: Partial<HeldOutOptions>) =>
    (await scores(options)).records.filter(({ error }) => error === 'miss').length
  const free = await lost({ prior: 0.95, maxOldDrop: 0.99 })
  expect(await lost({ prior: 0.01, maxOldDrop: 0.99 })).toBeGreaterThan(free)
  expect(await lost({ prior: 0.95, maxOldDrop: 0 })).toBeGreaterThan(free)
})

test('it is told from how many pictures of each class heads learned, kept ones too', async () => {
  const one = await scores({ without: new Set([0, 1, 25]) })
  expect([...one.pictures]).toEqual([18, 19])
  expect(one.isWhole).toBe(true)
  expect(one.records).toHaveLength(37)
  const kept = clouds({ ...shape, classes: 1, images: 5, seed: 'kept' })
  const { pictures, records } = await scores({}, { kept })
  expect([...pictures]).toEqual([25, 20])
  expect(records).toHaveLength(40)
})

test('in a set that is judged in parts, heads of each know a class of few images', async () => {
  const whole = clouds({ ...shape, classes: 2, images: 2000, separation: 2, seed: 'large' })
  // All of class 0, five of class 1: one in each part would be taken for class 0.
  const some = pickRows(whole, [...Array(2005).keys()])
  const numbers = Int32Array.from(some.label.keys())
  const large = { ...some, image: numbers, file: numbers }
  const images = Array.from(large.label, (column, i) => ({ file: `${i}`, column }))
  const given = { ...dataSet, table: large, images, old: undefined }
  const { pictures, isWhole, records, probabilities } = await heldOutScores(given, [...numbers], {
    seed: 0,
    base,
    prior: 0.15,
  })
  expect([...pictures]).toEqual([1000, 5])
  expect(isWhole).toBe(false)
  expect(new Set(records.map(({ file }) => file)).size).toBe(2005)
  expect(records).toHaveLength(2005)
  for (const image of numbers.subarray(2000)) expect(probabilities[2 * image + 1]).toBeGreaterThan(0.5)
})
