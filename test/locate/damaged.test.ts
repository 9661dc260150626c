import { describe, expect, test } from '@jest/globals'
import { NpluskError } from '../../src/core/errors.js'
import { createRandom, type Random } from '../../src/math/random.js'
import { freeBatch, headWeights, locateHead } from '../../src/locate/locate.js'
import { cloneModel, decodeModel, encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { squeezenet } from '../support/tiny-models/convolutional.js'
import { headModel } from '../support/tiny-models/heads.js'
import { swin, vit } from '../support/tiny-models/transformers.js'
import { processorTime } from '../support/processor-time.js'

const sound: LoadedModel[] = [
  squeezenet().model,
  vit({ fixed: true }).model,
  swin().model,
  headModel('MatMulInteger on features quantised on the fly').model,
  headModel('QDQ Gemm, a scale for each class').model,
]

/** Ways of damaging a file; each returns the damaged bytes. */
const damages: Record<string, (model: LoadedModel, random: Random) => Uint8Array> = {
  'bytes flipped': (model, random) => {
    const bytes = encodeModel(model)
    for (let flips = 0; flips < 20; flips++) bytes[random.integer(bytes.length)] = random.integer(256)
    return bytes
  },
  'file cut': (model, random) => {
    const bytes = encodeModel(model)
    return bytes.subarray(0, random.integer(bytes.length))
  },
  'nodes removed': (model, random) => {
    const damaged = cloneModel(model)
    for (let count = 0; count < 3; count++) damaged.graph.node.splice(random.integer(damaged.graph.node.length), 1)
    return encodeModel(damaged)
  },
  'nodes wired at random': (model, random) => {
    const damaged = cloneModel(model)
    for (let count = 0; count < 3; count++) {
      const node = damaged.graph.node[random.integer(damaged.graph.node.length)]!
      const other = damaged.graph.node[random.integer(damaged.graph.node.length)]!
      node.input[random.integer(node.input.length)] = other.output[0]!
    }
    return encodeModel(damaged)
  },
  'absurd dimensions': (model, random) => {
    const damaged = cloneModel(model)
    for (let count = 0; count < 5; count++) {
      const at = random.integer(damaged.graph.initializer.length)
      const dims = damaged.graph.initializer[at]!.dims.map(() => [-1n, 0n, 2n ** 31n, 2n ** 62n][random.integer(4)]!)
      damaged.graph.initializer[at] = Object.assign(Object.create(damaged.graph.initializer[at]!) as object, {
        dims,
      }) as never
    }
    return encodeModel(damaged)
  },
  'absurd numbers in shapes': (model, random) => {
    const damaged = cloneModel(model)
    damaged.graph.initializer = damaged.graph.initializer.map((tensor) => {
      if (tensor.rawData.length % 8 !== 0 || tensor.dims.length !== 1 || random.next() < 0.5) return tensor
      const rawData = Uint8Array.from(tensor.rawData, (byte) => (random.next() < 0.1 ? random.integer(256) : byte))
      return Object.assign(Object.create(tensor) as object, {
        rawData,
      }) as never
    })
    return encodeModel(damaged)
  },
}

/** Every step on a model before ONNX Runtime loads it. */
function readAll(bytes: Uint8Array): void {
  const model = decodeModel(bytes)
  const location = locateHead(model)
  expect(location.classes).toBeGreaterThan(1)
  headWeights(model, location)
  freeBatch(model)
}

describe('a damaged file gives a clear error or a sound location, at once:', () => {
  test.each(Object.entries(damages))('%s', (_, damage) => {
    const random = createRandom('damage')
    let refused = 0
    for (let round = 0; round < 60; round++) {
      const bytes = damage(sound[round % sound.length]!, random)
      const start = processorTime()
      try {
        readAll(bytes)
      } catch (error) {
        refused += 1
        if (!(error instanceof NpluskError)) throw error
        expect(error.message).toMatch(/^\S[^\n]*[.;]$/)
      }
      expect(processorTime() - start).toBeLessThan(2)
    }
    expect(refused).toBeGreaterThan(5)
  })

  test('a cycle and a tensor that nobody makes are named', () => {
    const { model } = headModel('Gemm without bias')
    const cyclic = cloneModel(model)
    cyclic.graph.node[0]!.input[0] = cyclic.graph.node.at(-1)!.output[0]!
    expect(() => locateHead(cyclic)).toThrow(/lies on a cycle/)
    const dangling = cloneModel(model)
    dangling.graph.node[2]!.input[0] = 'lost'
    expect(() => locateHead(dangling)).toThrow(/reads lost, which nothing makes/)
    const twice = cloneModel(model)
    twice.graph.node.push({ ...twice.graph.node[0]! })
    expect(() => locateHead(twice)).toThrow(/is made twice/)
  })
})
