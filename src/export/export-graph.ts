import { manifestKey } from '../bundle/layout.js'
import { sealKey } from '../bundle/seals/model-seal.js'
import { setMetadata } from '../onnx/build.js'
import { cloneModel, type LoadedModel } from '../onnx/model.js'
import type { ModelCard } from './card.js'
import { cropAndResize } from './crop-and-resize.js'
import { floatInput } from './float-input.js'

/**
 * Turns the model of a bundle into the exported one, for any format: first the changes to the graph, in order, then the
 * metadata.
 */
export function exportGraph(bundled: LoadedModel, card: ModelCard): LoadedModel {
  let model = cloneModel(bundled)
  if (card.input.type === 'float32') model = floatInput(model)
  if (card.input.size === 'any') model = cropAndResize(model, card.preprocess)
  // The manifest lists files of the bundle, which are not exported; the seal is that of other bytes.
  model.metadataProps = model.metadataProps.filter(({ key }) => key !== manifestKey && key !== sealKey)
  for (const [key, value] of Object.entries(card)) setMetadata(model, `nplusk.${key}`, JSON.stringify(value))
  return model
}
