import { expect, test } from '@jest/globals'
import { branchFeatures, branchFrom } from '../../src/branch/branch-graph.js'
import { cutsFor, type Cut } from '../../src/branch/cut.js'
import { headOnFeatures, learnerNames, learnerOf } from '../../src/branch/learner.js'
import { createRandom } from '../../src/math/random.js'
import { logSumExp } from '../../src/math/softmax.js'
import { changed, encodeModel, type TensorProto } from '../../src/onnx/model.js'
import { floatTensor } from '../../src/onnx/tensor.js'
import { noiseImages } from '../../src/runtime/compare-logits.js'
import { resnet50 } from '../support/tiny-models/convolutional.js'
import { tensorsOf, tinyBackbone } from './tiny-backbone.js'

const k = 3
const random = createRandom('learner')
const numbers = (length: number, spread = 1) => Float32Array.from({ length }, () => spread * random.normal())

test('the loss is that of the joint softmax, and the head is one on the features as they are', async () => {
  const backbone = tinyBackbone(resnet50().model)
  const [cut] = cutsFor(backbone, 2) as [Cut]
  const branch = branchFrom(backbone, cut)
  const dim = 64
  const scaling = { mean: numbers(dim), inverseDeviation: numbers(dim).map((value) => 0.5 + Math.abs(value)) }
  const [weight, bias] = [numbers(dim * k, 0.2), numbers(k)]
  const learner = learnerOf(branch.model, k, scaling)
  const values = new Map<string, TensorProto>([
    [learnerNames.weight, floatTensor(learnerNames.weight, [dim, k], weight)],
    [learnerNames.bias, floatTensor(learnerNames.bias, [k], bias)],
  ])
  const initializer = learner.graph.initializer.map((one) => values.get(one.name) ?? one)
  const graph = encodeModel(changed(learner, { graph: changed(learner.graph, { initializer }) }))
  const given = await tensorsOf(backbone.graph, { image: noiseImages(2, 32, 32) }, [cut.tensor])
  // A new picture of class 1, and an old one that counts half.
  const inputs = {
    [cut.tensor]: given[cut.tensor]!,
    [learnerNames.oldLogSumExp]: { dims: [2, 1], data: Float32Array.of(1.5, 2) },
    [learnerNames.target]: { dims: [2, 1 + k], data: Float32Array.of(0, 0, 1, 0, 0.5, 0, 0, 0) },
  }
  const { [learnerNames.loss]: loss, [branchFeatures]: features } = await tensorsOf(graph, inputs, [
    learnerNames.loss,
    branchFeatures,
  ])
  const head = headOnFeatures(weight, bias, scaling)
  const logits = [0, 1].map((row) =>
    Array.from({ length: k }, (_, c) => {
      let sum = head.bias[c]!
      for (let d = 0; d < dim; d++) sum += Number(features!.data[row * dim + d]) * head.weight[d * k + c]!
      return sum
    }),
  )
  const wanted = logSumExp([1.5, ...logits[0]!]) - logits[0]![1]! + 0.5 * (logSumExp([2, ...logits[1]!]) - 2)
  expect(Number(loss!.data[0])).toBeCloseTo(wanted, 4)
})
