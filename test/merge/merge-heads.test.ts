import { afterEach, describe, expect, test } from '@jest/globals'
import { denseSource } from '../../src/head/feature-source.js'
import { namedLayers } from '../../src/head/layer-choice.js'
import { LinearHead } from '../../src/head/linear/linear-head.js'
import { createRandom } from '../../src/math/random.js'
import { logAddExp } from '../../src/math/softmax.js'
import { mergeHeads, type MergePart } from '../../src/merge/merge-heads.js'
import { getMetadata, graphModel, node, setMetadata, valueInfo } from '../../src/onnx/build.js'
import { shapeOf } from '../../src/onnx/graph.js'
import { decodeModel, encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { DataType, floatTensor } from '../../src/onnx/tensor.js'
import { openSession, type PlainTensor, type Session } from '../../src/runtime/session.js'

const classes = 6
const dim = 27
const side = 3

/** A float32 product of 27 features up to 1 and weights around 1. */
const productTolerance = 1e-5
const sumTolerance = 1e-6

/** Features: the pixels, 0..1. Base logits: a product with them. */
function tinyBackbone(batch: number | string = 'batch'): LoadedModel {
  const random = createRandom('backbone')
  const model = graphModel({
    name: 'tiny-backbone',
    opset: 13,
    inputs: [valueInfo('image', DataType.UINT8, [batch, side, side, 3])],
    outputs: [
      valueInfo('base_logits', DataType.FLOAT, [batch, classes]),
      valueInfo('features', DataType.FLOAT, [batch, dim]),
    ],
    nodes: [
      node('Cast', ['image'], 'pixels', { to: DataType.FLOAT }),
      node('Div', ['pixels', 'white'], 'values'),
      node('Flatten', ['values'], 'features', { axis: 1 }),
      node('MatMul', ['features', 'kernel'], 'base_logits'),
    ],
    initializers: [
      floatTensor('white', [], [255]),
      floatTensor(
        'kernel',
        [dim, classes],
        Float32Array.from({ length: dim * classes }, () => random.normal()),
      ),
    ],
  })
  setMetadata(model, 'origin', 'kept')
  return model
}

function randomHead(k: number, seed: number): LinearHead {
  const random = createRandom(`head:${seed}`)
  return new LinearHead({
    dim,
    columns: k,
    weight: Float32Array.from({ length: dim * k }, () => random.normal()),
    bias: Float32Array.from({ length: k }, () => random.normal()),
  })
}

function part(
  k: number,
  seed: number,
  mergedInto: MergePart['mergedInto'] = new Array<undefined>(k),
): MergePart & { readonly head: LinearHead } {
  return { head: randomHead(k, seed), mergedInto: Array.from(mergedInto) }
}

const random = createRandom('images')
const images = Array.from({ length: 20 }, () => Uint8Array.from({ length: side * side * 3 }, () => random.integer(256)))

const open: Session[] = []
afterEach(async () => {
  while (open.length > 0) await open.pop()!.close()
})

/** Runs every image by itself: bit for bit, a batch may be computed another way than one. */
async function runAll(model: LoadedModel, output: string): Promise<Float32Array[]> {
  const session = await openSession(encodeModel(model))
  open.push(session)
  const results: Float32Array[] = []
  for (const data of images) {
    const image: PlainTensor = { dims: [1, side, side, 3], data }
    results.push((await session.run({ image }, [output]))[output]!.data as Float32Array)
  }
  return results
}

/** features · weight + bias in float64. */
function product({ weight, bias, columns: k }: LinearHead, image: Uint8Array): number[] {
  return Array.from({ length: k }, (_, c) =>
    image.reduce((sum, pixel, d) => sum + (pixel / 255) * weight[d * k + c]!, bias[c]!),
  )
}

describe('mergeHeads', () => {
  test("what the base's metadata says about its own classes and input is dropped", () => {
    const backbone = tinyBackbone()
    setMetadata(backbone, 'names', "{0: 'ant'}")
    setMetadata(backbone, 'Image.BitmapPixelFormat', 'Bgr8')
    const { metadataProps } = mergeHeads(backbone, [part(2, 1)], {})
    expect(metadataProps.map(({ key }) => key)).toEqual(['origin'])
  })

  test("the first N logits are the backbone's, bit for bit; the new ones are the heads'", async () => {
    const parts = [part(2, 1), part(1, 2), part(3, 3)]
    const model = mergeHeads(tinyBackbone(), parts, {})
    const before = await runAll(tinyBackbone(), 'base_logits')
    const after = await runAll(model, 'logits')
    images.forEach((image, i) => {
      expect(after[i]!.slice(0, classes)).toEqual(before[i])
      const added = parts.flatMap(({ head }) => product(head, image))
      expect(after[i]).toHaveLength(classes + 6)
      added.forEach((logit, c) => expect(Math.abs(after[i]![classes + c]! - logit)).toBeLessThan(productTolerance))
    })
  })

  test('a head reads its layers alone, and what no head reads is not computed', async () => {
    const backbone = tinyBackbone()
    // Layers are the features, and their squares and roots.
    const layers = [
      { name: 'values', size: dim, cells: 1, byDefault: true },
      { name: 'squares', size: dim, cells: 1, byDefault: false },
      { name: 'roots', size: dim, cells: 1, byDefault: false },
    ]
    backbone.graph.node.push(
      node('Identity', ['features'], 'nplusk/tap0'),
      node('Mul', ['features', 'features'], 'nplusk/further0'),
      node('Sqrt', ['features'], 'nplusk/further1'),
      node('Concat', ['nplusk/further0', 'nplusk/further1'], 'further', { axis: 1 }),
    )
    const plain = randomHead(2, 4)
    const wide = new LinearHead(
      {
        dim: 2 * dim,
        columns: 2,
        weight: Float32Array.from([...randomHead(2, 5).weight, ...randomHead(2, 6).weight]),
        bias: plain.bias,
      },
      'softmax',
      namedLayers(layers, ['values', 'roots']).layers,
    )
    const mergedInto = [undefined, undefined]
    const model = mergeHeads(
      backbone,
      [plain, wide].map((head) => ({ head, mergedInto })),
      {},
    )
    const made = model.graph.node.flatMap(({ output }) => output)
    expect(made).toContain('nplusk/further1')
    expect(made).not.toContain('nplusk/further0')
    expect(made).not.toContain('further')
    const after = await runAll(model, 'logits')
    for (const [i, image] of images.entries()) {
      const values = Array.from(image, (pixel) => pixel / 255)
      const read = [...values, ...values.map(Math.sqrt)]
      const logits = [0, 1].map((c) =>
        read.reduce((sum, value, d) => sum + value * wide.weight[d * 2 + c]!, wide.bias[c]!),
      )
      const expected = [...product(plain, image), ...logits]
      expected.forEach((logit, c) => expect(Math.abs(after[i]![classes + c]! - logit)).toBeLessThan(productTolerance))
      // Of the rows of all layers, the head takes the same.
      const all = Float32Array.from([...values, ...values.map((value) => value ** 2), ...values.map(Math.sqrt)])
      const scores = await wide.score(denseSource(all, 3 * dim))
      logits.forEach((logit, c) => expect(Math.abs(scores[c]! - logit)).toBeLessThan(productTolerance))
    }
  })

  test('probabilities are the softmax of the logits', async () => {
    const model = mergeHeads(tinyBackbone(), [part(3, 1)], {})
    const logits = await runAll(model, 'logits')
    const probabilities = await runAll(model, 'probabilities')
    probabilities.forEach((row, i) => {
      expect(Math.abs(row.reduce((sum, p) => sum + p, 0) - 1)).toBeLessThan(sumTolerance)
      const total = logits[i]!.reduce((sum, logit) => sum + Math.exp(logit), 0)
      row.forEach((p, c) => expect(Math.abs(p - Math.exp(logits[i]![c]!) / total)).toBeLessThan(sumTolerance))
    })
  })

  test('a merged class becomes the logsumexp of both; the other old logits stay, bit for bit', async () => {
    // Column 1 is new images of class 4, column 2 of class 0.
    const merging = part(4, 1, [undefined, 4, 0, undefined])
    const before = await runAll(tinyBackbone(), 'base_logits')
    const after = await runAll(mergeHeads(tinyBackbone(), [merging], {}), 'logits')
    images.forEach((image, i) => {
      const [first, second, third, fourth] = product(merging.head, image) as [number, number, number, number]
      expect(after[i]).toHaveLength(classes + 2)
      const [old, now] = [before[i]!, after[i]!]
      for (const c of [1, 2, 3, 5]) expect(now[c]).toBe(old[c])
      expect(Math.abs(now[4]! - logAddExp(old[4]!, second))).toBeLessThan(productTolerance)
      expect(Math.abs(now[0]! - logAddExp(old[0]!, third))).toBeLessThan(productTolerance)
      expect(Math.abs(now[classes]! - first)).toBeLessThan(productTolerance)
      expect(Math.abs(now[classes + 1]! - fourth)).toBeLessThan(productTolerance)
    })
  })

  test("a merged class's probability is the sum of what both heads give it", async () => {
    const apart = mergeHeads(tinyBackbone(), [part(2, 1)], {})
    const merged = mergeHeads(tinyBackbone(), [part(2, 1, [3, undefined])], {})
    const separate = await runAll(apart, 'probabilities')
    const together = await runAll(merged, 'probabilities')
    together.forEach((row, i) => {
      const expected = [...separate[i]!]
      expected[3]! += expected.splice(classes, 1)[0]!
      expected.forEach((p, c) => expect(Math.abs(row[c]! - p)).toBeLessThan(sumTolerance))
    })
  })

  test('two increments may merge into one class, and an increment into nothing but old classes', async () => {
    const parts = [part(2, 1, [3, undefined]), part(1, 2, [3])]
    const before = await runAll(tinyBackbone(), 'base_logits')
    const after = await runAll(mergeHeads(tinyBackbone(), parts, {}), 'logits')
    images.forEach((image, i) => {
      expect(after[i]).toHaveLength(classes + 1)
      const once = logAddExp(before[i]![3]!, product(parts[0]!.head, image)[0]!)
      const twice = logAddExp(once, product(parts[1]!.head, image)[0]!)
      expect(Math.abs(after[i]![3]! - twice)).toBeLessThan(productTolerance)
      expect(after[i]![2]).toBe(before[i]![2])
    })
  })

  test('merging does not overflow', async () => {
    const { head } = part(1, 1)
    const far = { head: head.shift(Float64Array.of(500)), mergedInto: [2] }
    const rows = await runAll(mergeHeads(tinyBackbone(), [far], {}), 'logits')
    expect(rows.every((row) => row.every(Number.isFinite) && row[2]! > 450)).toBe(true)
  })

  test('one increment more does not change how the others are computed', async () => {
    const one = await runAll(mergeHeads(tinyBackbone(), [part(2, 1)], {}), 'logits')
    const two = await runAll(mergeHeads(tinyBackbone(), [part(2, 1), part(3, 2)], {}), 'logits')
    two.forEach((row, i) => expect(row.slice(0, classes + 2)).toEqual(one[i]))
  })

  test('without increments it is the backbone with probabilities', async () => {
    const before = await runAll(tinyBackbone(), 'base_logits')
    expect(await runAll(mergeHeads(tinyBackbone(), [], {}), 'logits')).toEqual(before)
  })

  test('declares its outputs and keeps the batch as it was', async () => {
    for (const batch of ['batch', 2]) {
      const { graph } = mergeHeads(tinyBackbone(batch), [part(2, 1, [1, undefined])], {})
      expect(graph.output.map((info) => [info.name, shapeOf(info)])).toEqual([
        ['logits', [batch, classes + 1]],
        ['probabilities', [batch, classes + 1]],
      ])
      expect(shapeOf(graph.input[0]!)).toEqual([batch, side, side, 3])
    }
  })

  test('adds metadata to what is there, and leaves the backbone as it is', () => {
    const backbone = tinyBackbone()
    const bytes = encodeModel(backbone)
    const merged = decodeModel(encodeModel(mergeHeads(backbone, [part(1, 1)], { 'nplusk.format': '1' })))
    expect([getMetadata(merged, 'nplusk.format'), getMetadata(merged, 'origin')]).toEqual(['1', 'kept'])
    expect(encodeModel(backbone)).toEqual(bytes)
  })
})
