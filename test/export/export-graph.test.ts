import { describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getMetadata } from '../../src/onnx/build.js'
import { elementTypeOf, indexGraph, shapeOf } from '../../src/onnx/graph.js'
import { inferShapes } from '../../src/onnx/infer-shapes.js'
import { encodeModel, opsetVersion } from '../../src/onnx/model.js'
import { DataType } from '../../src/onnx/tensor.js'
import { topologies } from '../support/tiny-models/topologies.js'
import { webLogits } from './run-web.js'
import { exported, floatsOf, inputCards, logitsOf, noise, tinyBundle } from './tiny-export.js'

const tolerance = 1e-3

/** Models of every kind: opset 9 to 17, NCHW and NHWC, convolutions and attention. */
const chosen = [
  'VGG-16',
  'ResNet-50',
  'Inception v3, Keras, NHWC',
  'MobileNet v2, batch fixed at 1',
  'EfficientNet',
  'ViT',
  'ConvNeXt',
]
const cases = chosen.flatMap((topology) =>
  Object.entries(inputCards)
    // The opset of VGG-16 is too old for resizing.
    .filter(([, card]) => card.size === 'model' || opsetVersion(topologies[topology]!().model) >= 11)
    .map(([kind, card]) => ({ topology, kind, card })),
)

/** A case with its bundle, its export and an input. */
function made({ topology, card: input }: (typeof cases)[number]) {
  const bundle = tinyBundle(topology)
  const { graph } = exported(bundle, input)
  const { pixels, floats } = noise(bundle.manifest.preprocess.width, bundle.manifest.preprocess.height)
  return { bundle, graph, pixels, fed: input.type === 'uint8' ? pixels : floats }
}

test('all give the logits of the bundle, in onnxruntime-node and in onnxruntime-web', async () => {
  const all = cases.map(made)
  const inBrowser = webLogits(
    all.map(({ graph, fed }, i) => ({ model: encodeModel(graph), name: cases[i]!.card.name, input: fed })),
  )
  for (const [i, { bundle, graph, pixels, fed }] of all.entries()) {
    const expected = await logitsOf(bundle.model, { image: pixels })
    expect(new Set(expected).size).toBeGreaterThan(3)
    expect(inBrowser[i]).toHaveLength(expected.length)
    const ours = await logitsOf(graph, { [cases[i]!.card.name]: fed })
    expect([cases[i], largestDifference(expected, ours) < tolerance]).toEqual([cases[i], true])
    expect([cases[i], largestDifference(expected, inBrowser[i]!) < tolerance]).toEqual([cases[i], true])
  }
})

describe.each(cases)('$topology with input $kind', (one) => {
  const { card: input } = one
  const { bundle, graph: model } = made(one)

  test('declares what it is', () => {
    const [declared] = model.graph.input
    expect(model.graph.input).toHaveLength(1)
    expect(declared!.name).toBe(input.name)
    expect(elementTypeOf(declared!)).toBe(input.type === 'uint8' ? DataType.UINT8 : DataType.FLOAT)
    expect(getMetadata(model, 'nplusk.manifest')).toBeUndefined()
    const read = (key: string): unknown => JSON.parse(getMetadata(model, `nplusk.${key}`)!)
    expect(read('input')).toEqual(input)
    expect(read('preprocess')).toEqual(bundle.manifest.preprocess)
    expect(read('labels')).toHaveLength(shapeOf(model.graph.output[0]!)![1] as number)
    expect(read('increments')).toEqual([{ name: 'insects', classes: bundle.manifest.increments[0]!.classes }])
  })
})

test('a picture whose values overshoot is cut, not wrapped around', async () => {
  const bundle = tinyBundle('ResNet-50')
  const { graph } = exported(bundle, inputCards.float!)
  const run = (value: number) =>
    logitsOf(graph, { pixel_values: { dims: [1, 3, 32, 32], data: new Float32Array(3 * 32 * 32).fill(value) } })
  expect(await run(1.2)).toEqual(await run(1))
  expect(await run(-0.3)).toEqual(await run(0))
})

test('a base model whose own input is called pixel_values is exported all the same', async () => {
  const bundle = tinyBundle('ResNet-50')
  for (const node of bundle.model.graph.node) {
    node.input = node.input.map((name) => (name === 'x' ? 'pixel_values' : name))
    node.output = node.output.map((name) => (name === 'x' ? 'pixel_values' : name))
  }
  expect(indexGraph(bundle.model.graph).producer.has('pixel_values')).toBe(true)
  const { graph } = exported(bundle, inputCards['float of any size']!)
  const { pixels, floats } = noise(32, 32)
  expect(
    largestDifference(await logitsOf(bundle.model, { image: pixels }), await logitsOf(graph, { pixel_values: floats })),
  ).toBeLessThan(tolerance)
})

describe('shape inference', () => {
  test.each(cases.filter(({ card }) => card.size === 'model'))(
    'follows $topology with input $kind',
    ({ topology, card }) => {
      const { graph: model } = exported(tinyBundle(topology), card)
      const [info] = model.graph.input
      const dims = shapeOf(info!)!.map((dim) => (typeof dim === 'string' ? 2 : dim))
      const options = { opset: opsetVersion(model), useDeclared: false }
      const { shapes, unclear } = inferShapes(model.graph, model.graph.node, new Map([[info!.name, dims]]), options)
      expect(unclear.map(({ opType }) => opType)).toEqual([])
      for (const output of model.graph.output) {
        expect(shapes.get(output.name)).toEqual([dims[0], shapeOf(output)![1]])
      }
    },
  )

  const python = '/usr/bin/python3'
  const check = [
    'import sys, onnx',
    'checked = 0',
    'for file in sys.argv[1:]:',
    '  model = onnx.load(file)',
    '  if model.opset_import[0].version > onnx.defs.onnx_opset_version(): continue',
    '  onnx.checker.check_model(model)',
    '  inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)',
    '  rank = lambda o: [d.dim_value or d.dim_param for d in o.type.tensor_type.shape.dim]',
    '  assert [rank(o) for o in inferred.graph.output] == [rank(o) for o in model.graph.output], file',
    '  checked += 1',
    'print(checked)',
  ].join('\n')
  const hasOnnx = spawnSync(python, ['-c', 'import onnx']).status === 0
  ;(hasOnnx ? test : test.skip)(
    `of the reference implementation takes every one whose opset it knows${hasOnnx ? '' : ' (skipped: Debian package python3-onnx is not here)'}`,
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
      try {
        const files = cases.map(({ topology, card }, i) => {
          const file = join(folder, `${i}.onnx`)
          writeFileSync(file, encodeModel(exported(tinyBundle(topology), card).graph))
          return file
        })
        const { status, stdout, stderr } = spawnSync(python, ['-c', check, ...files])
        expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' })
        expect(Number(stdout)).toBeGreaterThan(10)
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )
})

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)))
}

test('floats of pixels lie in planes', () => {
  expect([...floatsOf(Uint8Array.of(255, 0, 51, 0, 255, 102), 2, 1).data]).toEqual(
    [1, 0, 0, 1, 0.2, 0.4].map(Math.fround),
  )
})
