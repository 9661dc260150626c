import { manifestKey } from '../bundle/bundle.js'
import { setMetadata } from '../onnx/build.js'
import { cloneModel, type LoadedModel } from '../onnx/model.js'
import type { ModelCard } from './card.js'
import { floatInput } from './float-input.js'

/**
 * Makes the model of a bundle into the one that is exported, whatever the format: first what changes the graph, one thing after
 * the other, then what the file tells of itself.
 */
export function exportGraph(bundled: LoadedModel, card: ModelCard): LoadedModel {
  const model = card.input.type === 'float32' ? floatInput(bundled) : cloneModel(bundled)
  // It names files of the bundle, which do not come along.
  model.metadataProps = model.metadataProps.filter(({ key }) => key !== manifestKey)
  for (const [key, value] of Object.entries(card)) setMetadata(model, `nplusk.${key}`, JSON.stringify(value))
  return model
}
