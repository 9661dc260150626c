import { describe, expect, test } from '@jest/globals'
import { plainTable } from '../support/plain-table.js'
import { buildTable, noOldTarget, selectRows, type Row } from '../../src/features/table.js'
import { float16ToFloat32 } from '../../src/math/float16.js'

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
    expect(table.oldScore[0]).toBeCloseTo(Math.log(Math.exp(1) + Math.exp(3) + Math.exp(2)), 6)
    expect(table.oldScore[2]).toBeCloseTo(Math.log(3), 6)
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
