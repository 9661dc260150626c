import type { Manifest } from '../../src/bundle/manifest.js'
import { inputs, modelCard, type InputCard, type ModelCard } from '../../src/export/card.js'
import { exportGraph } from '../../src/export/export-graph.js'
import type { Preprocess } from '../../src/image/types.js'
import { createRandom } from '../../src/math/random.js'
import { LinearHead } from '../../src/head/linear/linear-head.js'
import { MlpHead } from '../../src/head/mlp/mlp-head.js'
import { mergeHeads } from '../../src/merge/merge-heads.js'
import { locateHead } from '../../src/locate/locate.js'
import { usualConventions } from '../../src/backbone/normalisation.js'
import { prepareBackbone } from '../../src/backbone/prepare.js'
import { encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { openSession, type PlainTensor } from '../../src/runtime/session.js'
import { topologies } from '../support/tiny-models/topologies.js'
import { tinyManifest } from '../bundle/tiny-bundle.js'

/** The result of `extend --add` on a tiny network: three classes added with random weights, by heads of two kinds. */
export function tinyBundle(
  topology: string,
  fields: Partial<Preprocess> = {},
): { model: LoadedModel; manifest: Manifest } {
  const base = topologies[topology]!().model
  const location = locateHead(base)
  const { width = 32, height = 32 } = location.input
  const preprocess: Preprocess = {
    width,
    height,
    resize: 'shorter',
    cropFraction: 1,
    interpolation: 'bicubic',
    ...fields,
  }
  const taps = [...location.taps, location.bottleneck]
  const backbone = prepareBackbone(base, {
    location,
    taps,
    normalisation: usualConventions[0]!.normalisation,
    width,
    height,
    dropBackground: false,
  })
  const random = createRandom('head')
  const dim = taps.reduce((sum, { size }) => sum + size, 0)
  const numbers = (length: number) => Float32Array.from({ length }, () => 0.1 * random.normal())
  const linear = new LinearHead({ dim, columns: 2, weight: numbers(dim * 2), bias: new Float32Array(2) })
  const units = 5
  const perceptron = new MlpHead({
    dim,
    width: units,
    columns: 1,
    hiddenWeight: numbers(dim * units),
    hiddenBias: numbers(units),
    weight: numbers(units).map((value) => 10 * value),
    bias: new Float32Array(1),
  })
  const names = ['ant', 'bee "big"', 'été']
  const manifest = tinyManifest({
    base: {
      name: topology,
      sha256: 'f'.repeat(64),
      classes: Array.from({ length: location.classes }, (_, i) => ({ label: `class ${i}`, names: [`class ${i}`] })),
    },
    preprocess,
    increments: [
      { name: 'insects', classes: names.map((name) => ({ folder: name, label: name, images: 7 })), features: 'f' },
    ],
  })
  const metadata = { 'nplusk.manifest': JSON.stringify(manifest), 'nplusk.format': '1' }
  const parts = [linear, perceptron].map((head) => ({
    head,
    mergedInto: Array.from({ length: head.columns }, () => undefined),
  }))
  return { model: mergeHeads(backbone, parts, metadata), manifest }
}

/** Every kind of input that an export can have. */
export const inputCards: Readonly<Record<string, InputCard>> = {
  uint8: inputs.uint8,
  float: inputs.float,
  'float of any size': { ...inputs.float, size: 'any' },
}

export function exported(
  { model, manifest }: ReturnType<typeof tinyBundle>,
  input: InputCard,
): { graph: LoadedModel; card: ModelCard } {
  const card = modelCard(manifest, input)
  return { graph: exportGraph(model, card), card }
}

/** Random pixels, uint8 [1, height, width, 3], and the same as float input. */
export function noise(width: number, height: number): { pixels: PlainTensor; floats: PlainTensor } {
  const random = createRandom('noise')
  const data = Uint8Array.from({ length: width * height * 3 }, () => random.integer(256))
  return { pixels: { dims: [1, height, width, 3], data }, floats: floatsOf(data, width, height) }
}

/** Pixels, HWC in 0..255, as [1, 3, height, width] in 0..1. */
export function floatsOf(pixels: Uint8Array, width: number, height: number): PlainTensor {
  const plane = width * height
  const data = Float32Array.from(
    { length: 3 * plane },
    (_, i) => pixels[(i % plane) * 3 + Math.floor(i / plane)]! / 255,
  )
  return { dims: [1, 3, height, width], data }
}

export async function logitsOf(model: LoadedModel, inputs: Record<string, PlainTensor>): Promise<Float32Array> {
  const session = await openSession(encodeModel(model))
  try {
    return (await session.run(inputs, ['logits'])).logits!.data as Float32Array
  } finally {
    await session.close()
  }
}
