import { describe, expect, test } from '@jest/globals'
import { plainTable } from '../support/plain-table.js'
import {
  buildTable,
  joinTables,
  noOldTarget,
  pickRows,
  selectRows,
  type FeatureTable,
  type Row,
} from '../../src/features/table.js'
import { float16ToFloat32 } from '../../src/math/float16.js'
import { entryOf } from './entries.js'

const rows: Row[] = [
  { bottleneck: { features: Float32Array.of(0.5, 2), logits: Float32Array.of(1, 3, 2) }, label: 0, image: 0 },
  {
    bottleneck: { features: Float32Array.of(-1, 0), logits: Float32Array.of(5, 5, -5) },
    label: 1,
    image: 1,
    mergedInto: 2,
  },
  { bottleneck: { features: Float32Array.of(4, 8), logits: Float32Array.of(0, 0, 0) }, label: -1, image: 1 },
]
const table = buildTable(rows, 3, 2)

describe('buildTable', () => {
  test('sums the base logits up: their logsumexp, the largest, and its class', () => {
    expect(table.oldLogSumExp[0]).toBeCloseTo(Math.log(Math.exp(1) + Math.exp(3) + Math.exp(2)), 6)
    expect(table.oldLogSumExp[2]).toBeCloseTo(Math.log(3), 6)
    expect([...table.oldBest]).toEqual([3, 5, 0])
    expect([...table.oldClass]).toEqual([1, 0, 0])
  })

  test('keeps the logit of a merged class, log 0 for the others', () => {
    const never = Math.fround(noOldTarget)
    expect([...table.oldTarget]).toEqual([never, -5, never])
  })

  test('keeps features as half floats, labels and images', () => {
    expect([...plainTable(table).features].map(float16ToFloat32)).toEqual([0.5, 2, -1, 0, 4, 8])
    expect([...table.label]).toEqual([0, 1, -1])
    expect([...table.image]).toEqual([0, 1, 1])
    expect([table.count, table.dim]).toEqual([3, 2])
  })
})

describe('selectRows', () => {
  test('takes the rows wanted from every column', () => {
    expect(plainTable(selectRows(table, (row) => row !== 1))).toEqual(
      plainTable(buildTable([rows[0]!, rows[2]!], 2, 2)),
    )
  })

  test('takes none, or all without a copy', () => {
    expect(plainTable(selectRows(table, () => false))).toMatchObject({ count: 0, dim: 2, features: new Uint16Array(0) })
    expect(selectRows(table, () => true)).toBe(table)
  })
})

/** Rows of the given images, made up from the key; every second one is merged with old class 1. */
function madeUp(key: string, images: readonly number[]): FeatureTable {
  const rows = images.map((image, i): Row => {
    const [, bottleneck] = entryOf(`${key}:${i}`, 3, 4)
    return { bottleneck, label: i % 2, image, mergedInto: i % 2 === 1 ? 1 : undefined }
  })
  return buildTable(rows, rows.length, 3)
}

describe('joinTables', () => {
  test('lines the rows of all tables up, column by column, and counts images on', () => {
    const tables = [madeUp('a', [0, 0, 1]), madeUp('b', []), madeUp('c', [0]), madeUp('d', [0, 1, 1, 2])]
    const joined = joinTables(tables)
    expect([joined.count, joined.dim]).toEqual([8, 3])
    expect([...joined.image]).toEqual([0, 0, 1, 2, 3, 4, 4, 5])
    let first = 0
    for (const table of tables) {
      const part = pickRows(
        joined,
        Array.from({ length: table.count }, (_, i) => first + i),
      )
      expect({ ...plainTable(part), image: table.image }).toEqual(plainTable(table))
      first += table.count
    }
  })

  test('gives one table back as it is, and an empty one for none', () => {
    const table = madeUp('a', [0, 1])
    expect(joinTables([table])).toBe(table)
    expect(plainTable(joinTables([]))).toMatchObject({
      count: 0,
      features: new Uint16Array(0),
      label: new Int32Array(0),
    })
  })
})
