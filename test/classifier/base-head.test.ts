import { describe, expect, test } from '@jest/globals'
import { createRandom } from '../../src/math/random.js'
import type { Backbone } from '../../src/features/backbone.js'
import { baseHead } from '../../src/classifier/base-head.js'
import { freeBatch, locateHead, type Feature } from '../../src/locate/locate.js'
import { usualConventions } from '../../src/backbone/normalisation.js'
import { prepareBackbone, tensorNames } from '../../src/backbone/prepare.js'
import { encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { openSession } from '../../src/runtime/session.js'
import { GraphBuilder } from '../support/tiny-models/builder.js'
import { headModel, heads } from '../support/tiny-models/heads.js'
import { applyHead } from '../support/tiny-models/oracle.js'
import { topologies } from '../support/tiny-models/topologies.js'

/** Logits of a float32 head, relative to 1 or to their size. */
const defaultTolerance = 1e-4

interface Preparation {
  readonly background?: boolean
  /** Another last part of the features. */
  readonly last?: (bottleneck: Feature, taps: readonly Feature[]) => Feature
}

function prepare(model: LoadedModel, { background = false, last = (bottleneck) => bottleneck }: Preparation = {}) {
  const free = freeBatch(model)
  const location = locateHead(free)
  const width = location.input.width ?? 32
  const height = location.input.height ?? 32
  const prepared = prepareBackbone(free, {
    location,
    taps: [...location.taps, last(location.bottleneck, location.taps)],
    normalisation: location.input.type === 'uint8' ? undefined : usualConventions[0]!.normalisation,
    width,
    height,
    dropBackground: background,
  })
  const classes = Array.from({ length: location.classes - (background ? 1 : 0) }, (_, i) => ({
    label: `class ${i}`,
    names: [`class ${i}`],
  }))
  const graph = encodeModel(prepared)
  return { backbone: { graph, classes } as unknown as Backbone, width, height }
}

/** Runs noise through a backbone, and what it reads from its own features through the head that was read back. */
async function expectSameLogits(prepared: ReturnType<typeof prepare>, tolerance = defaultTolerance): Promise<void> {
  const { backbone, width, height } = prepared
  const head = baseHead(backbone)!
  const classes = backbone.classes.length
  expect([head.bias.length, head.kernel.length]).toEqual([classes, classes * head.size])
  const random = createRandom('pixels')
  const data = Uint8Array.from({ length: height * width * 3 }, () => random.integer(256))
  const session = await openSession(backbone.graph)
  try {
    const image = { [tensorNames.image]: { dims: [1, height, width, 3], data } }
    const outputs = await session.run(image, [tensorNames.baseLogits, tensorNames.features])
    const features = Array.from(outputs[tensorNames.features]!.data as Float32Array).slice(-head.size)
    const logits = outputs[tensorNames.baseLogits]!.data as Float32Array
    expect(new Set(logits).size).toBeGreaterThan(1)
    applyHead(head, features).forEach((expected, c) => {
      expect(Math.abs(logits[c]! - expected)).toBeLessThan(tolerance * Math.max(1, Math.abs(expected)))
    })
  } finally {
    await session.close()
  }
}

describe('the head read back gives the base logits from the last part of the features:', () => {
  const linear = Object.keys(heads).filter((name) => !heads[name]!.isRectified)
  test.each(linear)('a head as %s', async (name) => {
    const { model, head } = headModel(name)
    await expectSameLogits(prepare(model), head.tolerance)
  })

  const networks = Object.entries(topologies).filter(([, build]) => !build().isRectified)
  test.each(networks)('%s', async (_, build) => {
    await expectSameLogits(prepare(build().model))
  })

  test.each(['Gemm, kernel as [size, classes]', '1x1 Conv after the pooling'])(
    'a head as %s, of which a background class was dropped',
    async (name) => {
      const { model, classes } = headModel(name)
      const prepared = prepare(model, { background: true })
      expect(prepared.backbone.classes).toHaveLength(classes - 1)
      await expectSameLogits(prepared)
    },
  )
})

describe('no head is read back', () => {
  test('where two heads are summed', () => {
    const g = new GraphBuilder(13)
    const x = g.op('Flatten', [g.op('GlobalAveragePool', [g.convRelu('x', 3, 12, 3)])], { axis: 1 })
    const other = g.relu(g.gemm(x, 12, 12))
    const model = g.model(['N', 3, 8, 8], [[g.add(g.gemm(x, 12, 5), g.gemm(other, 12, 5)), ['N', 5]]])
    expect(baseHead(prepare(model).backbone)).toBeUndefined()
  })

  test('where the features end with something else than what it reads, even of the same size', () => {
    const { model } = topologies['ResNet-50']!()
    const last = (bottleneck: Feature, taps: readonly Feature[]) => {
      expect(taps.at(-2)!.tensor).not.toBe(bottleneck.tensor)
      return taps.at(-2)!
    }
    expect(baseHead(prepare(model).backbone)).toBeDefined()
    expect(baseHead(prepare(model, { last }).backbone)).toBeUndefined()
  })
})
