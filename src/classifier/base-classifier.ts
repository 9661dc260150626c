import { mergeHeads } from '../merge/merge-heads.js'
import type { Backbone } from '../features/backbone.js'
import { decodeModel, encodeModel } from '../onnx/model.js'
import type { Samples } from '../preprocessing/trial-images.js'
import type { ModelOptions } from './model-options.js'
import { openBackbone } from './open-backbone.js'

/** Opens a base model as a classifier without added classes; `model` is a graph like that of a bundle. */
export async function baseClassifier(
  options: ModelOptions & { readonly samples?: Samples },
): Promise<{ readonly backbone: Backbone; readonly model: Uint8Array }> {
  const { backbone } = await openBackbone(options)
  return { backbone, model: encodeModel(mergeHeads(decodeModel(backbone.graph), [], {})) }
}
