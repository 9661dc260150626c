import { describe, expect, test } from '@jest/globals'
import { headWeights, locateHead } from '../../src/locate/locate.js'
import { applyHead, pooledFeatures, positionFeatures } from '../support/tiny-models/oracle.js'
import { runTensors } from '../support/tiny-models/run.js'
import { topologies } from '../support/tiny-models/topologies.js'

/** Tolerance for float32 sums of a few dozen products, compared with float64. */
const tolerance = 1e-4

describe('locateHead finds by structure the head, the bottleneck and deeper features of', () => {
  test.each(Object.entries(topologies))('%s', async (_, build) => {
    const tiny = build()
    const found = locateHead(tiny.model)
    expect(found.kind).toBe(tiny.kind)
    expect(found.classes).toBe(tiny.classes)
    expect(found.bottleneck.size).toBe(tiny.size)
    expect(found.input.layout).toBe(tiny.layout ?? 'NCHW')
    expect(found.probabilities !== undefined).toBe(tiny.hasProbabilities ?? false)
    expect(found.taps.map(({ size }) => size)).toEqual(tiny.taps)

    const batch = found.input.batch === 'free' ? 3 : found.input.batch
    const { width, height, channels, layout } = found.input
    const dims = layout === 'NCHW' ? [channels, height!, width!] : [height!, width!, channels]
    const names = [found.logits, found.bottleneck.tensor, ...found.taps.map(({ tensor }) => tensor)]
    const results = await runTensors(tiny.model, names, batch, dims)

    const logits = results.get(found.logits)!
    expect(logits.dims.reduce((product, dim) => product * dim, 1)).toBe(batch * tiny.classes)
    expect(logits.dims.length > 2 ? 'spatial' : 'flat').toBe(found.logitsShape)
    const weights = headWeights(tiny.model, found)!
    const features = positionFeatures(results.get(found.bottleneck.tensor)!, found.bottleneck)
    // With weights that block the image on its way to the head, the comparison would prove nothing.
    expect(new Set(features[0]!.flat()).size).toBeGreaterThan(3)
    for (const [image, positions] of features.entries()) {
      const scores = positions.map((position) => applyHead(weights, position))
      for (let c = 0; c < tiny.classes; c++) {
        const column = scores.map((row) => (tiny.isRectified ? Math.max(0, row[c]!) : row[c]!))
        const expected = column.reduce((sum, score) => sum + score, 0) / column.length
        expect(Math.abs(logits.data[image * tiny.classes + c]! - expected)).toBeLessThan(
          tolerance * Math.max(1, Math.abs(expected)),
        )
      }
    }
    for (const tap of found.taps) {
      const result = results.get(tap.tensor)!
      expect(result.dims[tap.channelAxis]).toBe(tap.size)
      const pooled = pooledFeatures(result, tap)
      expect(pooled).toHaveLength(batch)
      expect(new Set(pooled[0]).size).toBeGreaterThan(2)
    }
  })
})

test('layers to choose from are of the resolution before the last, the last of them also in a grid', () => {
  const { candidates, taps } = locateHead(topologies['Inception v3, torchvision with an auxiliary output']!().model)
  // 6a and 6b, 6d, 6e are there, 6c and 6e among the taps; blocks of 16 channels, of the resolution before, are not.
  expect(taps.map(({ size }) => size)).toEqual([24, 24, 40, 48])
  expect(candidates.map(({ size, grid }) => size / (grid?.cells ?? 1) ** 2)).toEqual([24, 24, 24, 24])
  expect(candidates.map(({ grid }) => grid?.cells)).toEqual([undefined, undefined, undefined, 4])
  expect(candidates.at(-1)!.tensor).toBe(taps[1]!.tensor)
})
