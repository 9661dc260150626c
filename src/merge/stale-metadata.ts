import { labelFields } from '../onnx/label-fields.js'
import type { LoadedModel } from '../onnx/model.js'

/**
 * Removes what the metadata of a base model says about its classes, and as Windows ML has it about its input: the
 * extended one has others.
 */
export function dropStaleMetadata(model: LoadedModel): void {
  const isStale = (key: string) => labelFields.includes(key) || key.startsWith('Image.')
  model.metadataProps = model.metadataProps.filter(({ key }) => !isStale(key))
}
