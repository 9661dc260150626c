import { clearField } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import { prepareBackbone } from '../../src/backbone/prepare.js'
import { freeBatch, locateHead } from '../../src/locate/locate.js'
import { NodeProtoSchema } from '../../src/onnx/generated/onnx_pb.js'
import { decodeModel, encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { GraphBuilder } from '../support/tiny-models/builder.js'
import { mobilenetV2, resnet50, squeezenet } from '../support/tiny-models/convolutional.js'
import { vit } from '../support/tiny-models/transformers.js'
import { runTensors } from '../support/tiny-models/run.js'

/**
 * Attention over a small image with every Reshape fixed to a batch of 1, heads and batch merged as in PyTorch's
 * MultiheadAttention.
 */
function mergedHeads(): LoadedModel {
  const g = new GraphBuilder(13)
  const patches = g.op('Conv', ['x', g.weights([8, 3, 4, 4]), g.bias(8)], {
    kernel_shape: [4, 4],
    strides: [4, 4],
  })
  const tokens = g.transpose(g.reshape(patches, [1, 8, 16]), [2, 0, 1])
  const split = (): string => g.transpose(g.reshape(g.dense(tokens, 8, 8), [16, 2, 4]), [1, 0, 2])
  const weights = g.op('Softmax', [g.op('MatMul', [split(), g.transpose(split(), [0, 2, 1])])], { axis: 2 })
  const mixed = g.reshape(g.transpose(g.op('MatMul', [weights, split()]), [1, 0, 2]), [16, 1, 8])
  const pooled = g.op('ReduceMean', [g.add(tokens, g.dense(mixed, 8, 8))], {
    axes: [0],
    keepdims: 0,
  })
  return g.model([1, 3, 16, 16], [[g.gemm(pooled, 8, 10), [1, 10]]])
}

/** Tokens of a small image after a class token that is a constant for one image. */
function classToken(opset: number): LoadedModel {
  const g = new GraphBuilder(opset)
  const patches = g.op('Conv', ['x', g.weights([8, 3, 4, 4]), g.bias(8)], {
    kernel_shape: [4, 4],
    strides: [4, 4],
  })
  const tokens = g.concat([g.weights([1, 1, 8]), g.transpose(g.reshape(patches, [1, 8, 16]), [0, 2, 1])])
  const pooled = g.op('ReduceMean', [g.relu(g.dense(tokens, 8, 8))], {
    axes: [1],
    keepdims: 0,
  })
  return g.model([1, 3, 16, 16], [[g.gemm(pooled, 8, 10), [1, 10]]])
}

const fixed: Record<string, () => LoadedModel> = {
  'MobileNet v2, whose Reshape keeps the batch': () => mobilenetV2().model,
  SqueezeNet: () => squeezenet().model,
  'ViT, whose class token is a constant for one image': () => vit({ fixed: true }).model,
  'attention with batch and heads in one dimension': mergedHeads,
  'a class token in operator set 9': () => classToken(9),
}

describe('freeBatch', () => {
  test.each(Object.entries(fixed))('frees %s', async (_, build) => {
    const model = build()
    const free = freeBatch(model)
    expect(locateHead(model).input.batch).toBe(1)
    const { input, logits, classes } = locateHead(free)
    expect(input.batch).toBe('free')

    // The first image of the batch of three equals the single image: both come from the same random stream.
    const one = (await runTensors(model, [locateHead(model).logits], 1, [3, input.height!, input.width!]))
      .values()
      .next().value!
    const three = (await runTensors(free, [logits], 3, [3, input.height!, input.width!])).get(logits)!
    expect(three.data).toHaveLength(3 * classes)
    one.data.forEach((value, c) => expect(three.data[c]).toBeCloseTo(value, 5))
    expect(three.data.slice(classes, 2 * classes)).not.toEqual(three.data.slice(0, classes))
  })

  test('frees a batch fixed at another size than 1', async () => {
    const g = new GraphBuilder(13)
    const pooled = g.reshape(g.op('GlobalAveragePool', [g.convRelu('x', 3, 8, 3)]), [4, 8])
    const model = g.model([4, 3, 8, 8], [[g.gemm(pooled, 8, 10), [4, 10]]])
    expect(locateHead(model).input.batch).toBe(4)
    const logits = (await runTensors(freeBatch(model), [g.nodes.at(-1)!.output[0]!], 3, [3, 8, 8]))
      .values()
      .next().value!
    expect(logits.dims).toEqual([3, 10])
  })

  test.each(['MobileNet v2, whose Reshape keeps the batch', 'ViT, whose class token is a constant for one image'])(
    'gives nodes without a name none: %s',
    (name) => {
      const named = fixed[name]!()
      for (const node of named.graph.node) clearField(node, NodeProtoSchema.field.name)
      const model = decodeModel(encodeModel(named))
      const free = freeBatch(model)
      expect(free.graph.node.every((node) => typeof node.name === 'string')).toBe(true)
      const location = locateHead(free)
      const { width, height } = location.input
      const recipe = { location, taps: [location.bottleneck], normalisation: undefined, dropBackground: false }
      const prepared = prepareBackbone(free, { ...recipe, width: width!, height: height! })
      expect(prepared.graph.output.map((info) => info.name)).toEqual(['base_logits', 'features'])
    },
  )

  test('leaves a free model, and the model it is given, as they are', () => {
    const { model } = resnet50()
    expect(freeBatch(model)).toBe(model)
    const before = fixed['SqueezeNet']!()
    const text = JSON.stringify(before, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
    freeBatch(before)
    expect(JSON.stringify(before, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).toBe(
      text,
    )
  })

  test('names the node that cannot follow', () => {
    const g = new GraphBuilder(13)
    const pooled = g.op('GlobalAveragePool', [g.convRelu('x', 3, 8, 3)])
    const flat = g.op('Unsqueeze', [g.op('Squeeze', [pooled]), g.ints([0])])
    const model = g.model([1, 3, 8, 8], [[g.gemm(flat, 8, 10), [1, 10]]])
    const squeeze = model.graph.node.find(({ opType }) => opType === 'Squeeze')!
    expect(locateHead(model).classes).toBe(10)
    expect(() => freeBatch(model)).toThrow(
      expect.objectContaining({
        code: 'BAD_MODEL',
        message: expect.stringContaining(`${squeeze.name} (Squeeze) keeps the batch at 1`),
      }),
    )
  })
})
