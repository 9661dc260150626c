import { describe, expect, test } from '@jest/globals'
import { headWeights, locateHead } from '../../src/locate/locate.js'
import { dimsOf, readTensor } from '../../src/onnx/tensor.js'
import { applyHead, positionFeatures } from '../support/tiny-models/oracle.js'
import { headModel, heads } from '../support/tiny-models/heads.js'
import { runTensors } from '../support/tiny-models/run.js'

describe('head(bottleneck) gives the logits, whatever the form of the head:', () => {
  test.each(Object.keys(heads))('%s', async (name) => {
    const { model, head, classes, size } = headModel(name)
    const found = locateHead(model)
    expect(found).toMatchObject({
      kind: head.kind,
      classes,
      bottleneck: { size },
    })
    expect(found.probabilities !== undefined).toBe(head.hasProbabilities ?? false)

    const batch = head.kind.startsWith('MatMulInteger') ? 1 : 2
    const results = await runTensors(model, [found.logits, found.bottleneck.tensor], batch, [3, 8, 8])
    const logits = results.get(found.logits)!
    expect(logits.data).toHaveLength(batch * classes)
    const features = results.get(found.bottleneck.tensor)!
    const { dequantise } = found.bottleneck
    if (dequantise) {
      const constant = (tensor: string): number =>
        readTensor(model.graph.initializer.find((item) => item.name === tensor)!)[0]!
      features.data.forEach(
        (value, i) => (features.data[i] = (value - constant(dequantise.zeroPoint)) * constant(dequantise.scale)),
      )
    }
    const weights = headWeights(model, found)!
    for (const [image, positions] of positionFeatures(features, found.bottleneck).entries()) {
      const scores = positions.map((position) => applyHead(weights, position))
      for (let c = 0; c < classes; c++) {
        const column = scores.map((row) => (head.isRectified ? Math.max(0, row[c]!) : row[c]!))
        const expected = column.reduce((sum, score) => sum + score, 0) / column.length
        const allowed = (head.tolerance ?? 1e-4) * Math.max(1, Math.abs(expected))
        expect(Math.abs(logits.data[image * classes + c]! - expected)).toBeLessThan(allowed)
      }
    }
  })
})

test('the probabilities of a model are named beside its logits', async () => {
  const { model, classes } = headModel('Softmax written out, the maximum taken off')
  const { logits, probabilities } = locateHead(model)
  const results = await runTensors(model, [logits, probabilities!], 1, [3, 8, 8])
  const powers = Array.from(results.get(logits)!.data, Math.exp)
  const sum = powers.reduce((total, power) => total + power, 0)
  powers.forEach((power, c) => expect(results.get(probabilities!)!.data[c]).toBeCloseTo(power / sum, 5))
  expect(powers).toHaveLength(classes)
})

test('weights and how they are stored are named', () => {
  const { model } = headModel('Gemm, kernel as [size, classes]')
  const { weights } = locateHead(model)
  const kernel = model.graph.initializer.find(({ name }) => name === weights!.kernel)!
  expect([weights!.transposed, ...dimsOf(kernel)]).toEqual([false, 12, 7])
})
