import { prepareBackbone } from '../../src/backbone/prepare.js'
import { hashOf } from '../../src/core/hash-of.js'
import type { Backbone } from '../../src/features/backbone.js'
import { describeLayers } from '../../src/features/layers.js'
import { locateHead } from '../../src/locate/locate.js'
import { valueInfo } from '../../src/onnx/build.js'
import { cloneModel, decodeModel, encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { DataType } from '../../src/onnx/tensor.js'
import { openSession, type PlainTensor } from '../../src/runtime/session.js'

/** A tiny model of `tiny-models/` as a backbone. */
export function tinyBackbone(model: LoadedModel): Backbone {
  const location = locateHead(model)
  const taps = [...location.taps, location.bottleneck]
  const further = location.candidates
  const normalisation = { channels: 'RGB', scale: 1, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] } as const
  const { width, height } = location.input
  const size = { width: width!, height: height! }
  const recipe = { location, taps, further, normalisation, dropBackground: false, ...size }
  const graph = encodeModel(prepareBackbone(model, recipe))
  return {
    name: 'tiny',
    sha256: '0'.repeat(64),
    graph,
    graphHash: hashOf(graph),
    dim: taps.reduce((sum, one) => sum + one.size, 0),
    layers: describeLayers(taps, further),
    preprocess: { ...size, resize: 'squash', cropFraction: 1, interpolation: 'bilinear' },
    classes: Array.from({ length: location.classes }, (_, i) => ({ label: `old ${i}`, names: [`old ${i}`] })),
  }
}

/** Tensors of a graph, whether they are its outputs or not. */
export async function tensorsOf(
  graph: Uint8Array,
  inputs: Readonly<Record<string, PlainTensor>>,
  names: readonly string[],
): Promise<Record<string, PlainTensor>> {
  const model = cloneModel(decodeModel(graph))
  const known = new Set(model.graph.output.map(({ name }) => name))
  for (const name of names) if (!known.has(name)) model.graph.output.push(untyped(name))
  await using session = await openSession(encodeModel(model))
  return await session.run(inputs, names)
}

/** An output whose type and shape the runtime finds. */
function untyped(name: string): LoadedModel['graph']['output'][number] {
  const info = valueInfo(name, DataType.FLOAT, [])
  delete info.type
  return info
}
