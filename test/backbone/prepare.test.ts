import { describe, expect, test } from '@jest/globals'
import { keepLogits } from '../../src/backbone/keep-logits.js'
import { freeBatch, locateHead } from '../../src/locate/locate.js'
import { usualConventions } from '../../src/backbone/normalisation.js'
import { prepareBackbone, tensorNames } from '../../src/backbone/prepare.js'
import { trueInputs } from '../../src/onnx/graph.js'
import { encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { openSession } from '../../src/runtime/session.js'
import { logitsOfBoth } from '../support/base-logits.js'
import { randomBytes } from '../support/random-bytes.js'
import { headModel, heads } from '../support/tiny-models/heads.js'
import { topologies } from '../support/tiny-models/topologies.js'

const [imagenet, , caffe] = usualConventions.map(({ normalisation }) => normalisation)

async function prepare(model: LoadedModel, normalisation = imagenet) {
  const free = freeBatch(model)
  const location = locateHead(free)
  const width = location.input.width ?? 32
  const height = location.input.height ?? 32
  const every = [...location.taps, location.bottleneck]
  const recipe = { location, taps: every, normalisation, width, height, dropBackground: false }
  const { taps, change } = await keepLogits(model, free, recipe, {})
  return {
    prepared: prepareBackbone(free, { ...recipe, taps }),
    change,
    width,
    height,
    dim: taps.reduce((sum, { size }) => sum + size, 0),
    classes: location.classes,
  }
}

const models: Record<string, () => LoadedModel> = {
  ...Object.fromEntries(Object.entries(topologies).map(([name, build]) => [name, () => build().model])),
  ...Object.fromEntries(Object.keys(heads).map((name) => [`a head as ${name}`, () => headModel(name).model])),
}

describe('a prepared backbone takes a batch of pixels and gives its base model’s own logits, bit for bit:', () => {
  test.each(Object.entries(models))('%s', async (name, build) => {
    const model = build()
    const { prepared, width, height, dim, classes, change } = await prepare(model)
    expect(trueInputs(prepared.graph).map(({ name }) => name)).toEqual([tensorNames.image])
    const one = randomBytes(height * width * 3)
    const both = await logitsOfBoth(model, prepared, one, width, height)
    expect(both.prepared).toHaveLength(classes)
    // With a fixed batch, ONNX Runtime folds a ViT's Reshapes and fuses the operators between them.
    if (name === 'ViT, batch fixed at 1') expect(change).toBeLessThan(1e-5)
    else {
      expect(change).toBe(0)
      expect(both.prepared).toEqual(both.original)
    }
    expect(both.features).toHaveLength(dim)
    // With weights that block the image on its way to the features, the comparison would prove nothing.
    expect(new Set(both.features).size).toBeGreaterThan(3)

    const two = new Uint8Array([...one, ...one])
    const session = await openSession(encodeModel(prepared))
    try {
      for (const images of [1, 2]) {
        const image = { dims: [images, height, width, 3], data: two.slice(0, images * one.length) }
        const names = [tensorNames.baseLogits, tensorNames.features]
        const outputs = await session.run({ [tensorNames.image]: image }, names)
        expect(names.map((name) => outputs[name]!.dims)).toEqual([
          [images, classes],
          [images, dim],
        ])
      }
    } finally {
      await session.close()
    }
  })
})

test('channels are swapped and values scaled as the normalisation says', async () => {
  const { model } = headModel('Gemm without bias')
  const { prepared, width, height } = await prepare(model, caffe)
  const pixels = randomBytes(height * width * 3)
  const swapped = pixels.map((_, i) => pixels[i - (i % 3) + (2 - (i % 3))]!)
  const reversed = await prepare(model, {
    channels: 'RGB',
    scale: 1,
    mean: [104 / 255, 117 / 255, 123 / 255],
    std: [1 / 255, 1 / 255, 1 / 255],
  })
  const a = await logitsOfBoth(model, prepared, pixels, width, height)
  const b = await logitsOfBoth(model, reversed.prepared, swapped, width, height)
  a.prepared.forEach((value, i) => expect(value).toBeCloseTo(b.prepared[i]!, 2))
})
