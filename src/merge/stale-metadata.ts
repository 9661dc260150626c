import type { LoadedModel } from '../onnx/model.js'

/** Metadata fields with the base's own class names, and Windows ML's, which describe the input. */
const stale = /^(names|labels|classes|class_names|id2label|Image\..*)$/

/** Removes what the metadata of a base model says about its classes and its input: the extended one has others. */
export function dropStaleMetadata(model: LoadedModel): void {
  model.metadataProps = model.metadataProps.filter(({ key }) => !stale.test(key))
}
