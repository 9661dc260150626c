import { hashOf } from '../core/hash-of.js'
import { readWhole } from '../core/regular-file.js'
import { decodeModel, encodeModel } from '../onnx/model.js'
import { fetchKnownModel, type FetchOptions } from '../catalog/fetch-model.js'
import { imagenetClasses } from '../catalog/imagenet.js'
import { locateHead } from '../locate/locate.js'
import { prepareBackbone } from '../backbone/prepare.js'
import type { Backbone } from '../features/backbone.js'
import { describeLayers } from '../features/layers.js'
import { knownInput } from '../preprocessing/input-record.js'

/** Prepares a known model that is converted from TFLite, and downloads it if it is not in the cache. */
export async function knownBackbone(name: string, options: FetchOptions): Promise<Backbone> {
  const { file, sha256, known } = await fetchKnownModel(name, options)
  const model = decodeModel(await readWhole(file), file)
  const location = locateHead(model)
  const taps = [...location.taps, location.bottleneck]
  const layers = describeLayers(taps, location.candidates)
  const { preprocess } = known
  const graph = encodeModel(
    prepareBackbone(model, {
      location,
      taps,
      further: location.candidates,
      normalisation: undefined,
      width: preprocess.width,
      height: preprocess.height,
      dropBackground: known.classes.background,
    }),
  )
  const dim = taps.reduce((sum, { size }) => sum + size, 0)
  const input = knownInput(known.title)
  const graphHash = hashOf(graph)
  return { name, sha256, graph, graphHash, dim, layers, preprocess, input, classes: await imagenetClasses() }
}
