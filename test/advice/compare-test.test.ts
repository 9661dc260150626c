import { expect, test } from '@jest/globals'
import { compareTest } from '../../src/advice/compare-test.js'
import { pickRows } from '../../src/features/table.js'
import { clouds } from './clouds.js'

const shape = { classes: 2, dim: 20, separation: 1, old: 0 }
const columnNames = ['a', 'b']
const settings = { permutations: 99, warn: () => undefined }

/** Pictures of two classes, each so many times, those that are there first as the first copies. */
function pictures(images: number, seed: string, times: number) {
  const distinct = clouds({ ...shape, images, seed })
  const count = distinct.count
  const table = pickRows(
    distinct,
    Array.from({ length: times * count }, (_, i) => i % count),
  )
  const files = Array.from(table.label, (column, i) => ({ file: `${seed}${i}`, column }))
  return { table, files, roots: files.map((_, i) => i % count) }
}

/** Compares a folder with a test. @param rootOf the first copy of a test picture, where it is another one */
function compare(times: number, rootOf = (root: number) => root) {
  const [own, tested] = [pictures(12, 'a', times), pictures(8, 'b', times)]
  const first = own.files.length
  return compareTest(
    { images: own.files, table: own.table, testImages: tested.files, testTable: tested.table, columnNames },
    [...own.roots, ...tested.roots.map((root) => rootOf(first + root))],
    settings,
  )
}

test('copies within the folder, and within the test, are compared once', async () => {
  const single = await compare(1)
  expect(single).toMatchObject({ images: [24, 16], differs: false })
  expect(await compare(2)).toEqual(single)
})

test('a test picture that is a copy of one of the folder is not compared', async () => {
  const found = await compare(1, (root) => (root === 24 ? 0 : root))
  expect(found!.images).toEqual([24, 15])
  expect(found!.telling.map(({ file }) => file)).not.toContain('b0')
})
