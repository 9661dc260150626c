import { decodeModel, type LoadedModel } from '../onnx/model.js'
import { damagedModel } from './own-file.js'
import type { LoadedBundle } from './read.js'

/**
 * A bundle's model as a graph.
 *
 * @throws NpluskError `BAD_BUNDLE` when it is damaged
 */
export function decodeBundled({ folder, model }: LoadedBundle): LoadedModel {
  try {
    return decodeModel(model)
  } catch (cause) {
    throw damagedModel(folder, cause)
  }
}
