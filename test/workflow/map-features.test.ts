import { expect, test } from '@jest/globals'
import type { HeldOutImageRecord } from '../../src/calibration/held-out-records.js'
import { selectRows } from '../../src/features/table.js'
import { FeatureSketch } from '../../src/report/feature-map.js'
import { mapFeatures } from '../../src/workflow/map-features.js'
import { featuresOf, imagesOf } from '../support/tiny-world.js'

test('images are mapped by their own features where some were taken out', () => {
  const gone = new Set([0, 3, 4, 11])
  const added = selectRows(imagesOf({ directions: [3, 4], images: 8, seed: 1 }), (row) => !gone.has(row))
  const old = selectRows(imagesOf({ directions: [0, 1], images: 5, seed: 2 }), (row) => row !== 2)
  const numbers = [1, 2, 5, 15, 16, 16 + 3, 16 + 9]
  const rows = [...featuresOf(added), ...featuresOf(old)]
  const shown = [0, 1, 2, 11, 12, 14, 20]
  const sketch = new FeatureSketch()
  for (const row of shown) sketch.add(Float32Array.from(rows[row]!))

  const records = numbers.map((number) => ({ file: `${number}.jpg`, source: 'added' }) as HeldOutImageRecord)
  const trainedOn = { added, classes: 2, rehearsal: old, merged: new Map(), maxOldDrop: 1 }
  const mapped = mapFeatures({ records, images: numbers, trainedOn }, undefined)
  expect(mapped.rows).toEqual(sketch.rows)
})
