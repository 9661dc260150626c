import { beforeAll, describe, expect, test } from '@jest/globals'
import { tensorNames } from '../../src/backbone/tensor-names.js'
import { branchFeatures, branchFrom, branchPrefix } from '../../src/branch/branch-graph.js'
import { bottleneckTensor, cutsFor } from '../../src/branch/cut.js'
import { openBranch } from '../../src/branch/open-branch.js'
import { noiseImages } from '../../src/runtime/compare-logits.js'
import { branchLayer, hasBranch } from '../../src/branch/branch-layer.js'
import { graft, withoutBranch } from '../../src/branch/graft.js'
import { bottleneckShape } from '../../src/features/backbone.js'
import { node } from '../../src/onnx/build.js'
import { changed, encodeModel } from '../../src/onnx/model.js'
import { readTensors } from '../../src/onnx/graph.js'
import {
  densenet,
  inceptionV3Keras,
  inceptionV3Torchvision,
  mobilenetV3,
  resnet50,
} from '../support/tiny-models/convolutional.js'
import { convnext, deit, swin } from '../support/tiny-models/transformers.js'
import { tensorsOf, tinyBackbone } from './tiny-backbone.js'

const models = {
  'ResNet-50': resnet50,
  'Inception v3': inceptionV3Keras,
  'MobileNet v3': mobilenetV3,
  DenseNet: densenet,
  Swin: swin,
  ConvNeXt: convnext,
}

describe.each(Object.entries(models))('a branch of %s', (_, make) => {
  const backbone = tinyBackbone(make().model)
  const { width, height } = backbone.preprocess
  const image = noiseImages(2, height, width)
  let branch: Awaited<ReturnType<typeof openBranch>>
  beforeAll(async () => {
    branch = await openBranch(backbone, 'auto')
  })

  test('gives the bottleneck, from the tensor at the cut', async () => {
    const { model, cut } = branch
    const bottleneck = bottleneckTensor(backbone)
    const given = await tensorsOf(backbone.graph, { image }, [cut.tensor, bottleneck])
    expect(given[cut.tensor]!.dims.slice(1)).toEqual(cut.shape)
    const found = await tensorsOf(encodeModel(model), { [cut.tensor]: given[cut.tensor]! }, [branchFeatures])
    expectNear(found[branchFeatures]!.data, given[bottleneck]!.data)
  })

  test('trains what comes after the cut, under names of its own', () => {
    const { model, cut, parameters } = branch
    const names = [...readTensors(model.graph)].filter((name) => name !== '' && name !== cut.tensor)
    expect(names.filter((name) => !name.startsWith(branchPrefix))).toEqual([])
    expect(parameters.length).toBeGreaterThan(3)
    const shallow = branchFrom(backbone, cutsFor(backbone, 1)[0]!)
    expect(shallow.parameters.length).toBeLessThan(parameters.length)
  })

  test('is one more layer of the backbone, whose own outputs keep their bits', async () => {
    const { model } = branch
    const grown = graft(backbone, model)
    expect(hasBranch(grown)).toBe(true)
    expect(hasBranch(backbone)).toBe(false)
    const size = bottleneckShape(grown).dim - bottleneckShape(backbone).dim
    expect(grown.layers.at(-1)).toEqual({ name: branchLayer, size, cells: 1, byDefault: false })
    const own = [tensorNames.baseLogits, tensorNames.features, bottleneckTensor(backbone)]
    const before = await tensorsOf(backbone.graph, { image }, own)
    const after = await tensorsOf(grown.graph, { image }, [...own, tensorNames.further])
    for (const name of own) expect(after[name]).toEqual(before[name])
    const { dims, data } = after[tensorNames.further]!
    expect(dims).toEqual([2, bottleneckShape(grown).dim - grown.dim])
    expectNear([...data].slice(-size), [...before[bottleneckTensor(backbone)]!.data].slice(-size))
    const { graph, ...others } = withoutBranch(grown)
    expect(Buffer.from(graph).equals(backbone.graph)).toBe(true)
    expect({ graph: backbone.graph, ...others }).toEqual(backbone)
    expect(withoutBranch(backbone)).toBe(backbone)
  })
})

test('there is none where it would change how the old logits are rounded', async () => {
  // The runtime fuses the sum at the end of each block with the normalisation after it.
  const backbone = tinyBackbone(deit('class').model)
  await expect(openBranch(backbone, 'auto')).rejects.toThrow('cannot be fine-tuned.')
  await expect(openBranch(backbone, 1)).rejects.toThrow('try another depth')
})

test('there is none where what comes after the cut has no gradient', async () => {
  const backbone = tinyBackbone(inceptionV3Torchvision().model)
  await expect(openBranch(backbone, 'auto')).rejects.toThrow('operator set 11')
})

test('weights may be constants among the nodes', async () => {
  const { graph } = resnet50().model
  const constants = graph.initializer.map((tensor) => node('Constant', [], tensor.name, { value: { tensor } }))
  const model = changed(resnet50().model, {
    graph: changed(graph, { node: [...constants, ...graph.node], initializer: [] }),
  })
  const usual = await openBranch(tinyBackbone(resnet50().model), 2)
  expect((await openBranch(tinyBackbone(model), 2)).parameters).toHaveLength(usual.parameters.length)
})

test('there is none where no weights are found', async () => {
  const { graph } = resnet50().model
  const hidden = graph.initializer.map((tensor) => changed(tensor, { name: `${tensor.name}/kept` }))
  const copies = graph.initializer.map(({ name }) => node('Identity', [`${name}/kept`], name))
  const model = changed(resnet50().model, {
    graph: changed(graph, { node: [...copies, ...graph.node], initializer: hidden }),
  })
  await expect(openBranch(tinyBackbone(model), 2)).rejects.toThrow('no float32 weights of its layers are found')
})

test('by itself it begins behind what has no gradient', async () => {
  const { graph } = resnet50().model
  const relus = graph.node.filter(({ opType }) => opType === 'Relu')
  // The first one of the last nine blocks.
  const odd = relus[22]!
  const nodes = graph.node.map((one) => (one === odd ? node('Celu', one.input, one.output[0]!) : one))
  const backbone = tinyBackbone(changed(resnet50().model, { graph: changed(graph, { node: nodes }) }))
  await expect(openBranch(backbone, 9)).rejects.toThrow('Celu')
  expect((await openBranch(backbone, 'auto')).cut.blocks).toBe(8)
})

/** Equal but for rounding: the runtime may join other operators. */
function expectNear(found: ArrayLike<number | bigint>, wanted: ArrayLike<number | bigint>): void {
  expect(found).toHaveLength(wanted.length)
  const largest = Math.max(...Array.from(wanted, (value) => Math.abs(Number(value))))
  const furthest = Math.max(...Array.from(wanted, (value, i) => Math.abs(Number(value) - Number(found[i]))))
  expect(furthest).toBeLessThan(1e-5 * largest)
}
