import { replaceMetadata } from '../onnx/replace-metadata.js'
import type { Manifest } from './manifest.js'
import { metadataOf } from './merge.js'
import { sealed, withoutSeal } from './seals/model-seal.js'

/**
 * A model with the metadata of another manifest, and a new seal. Its graph stays as it is, byte for byte, and so do its
 * answers.
 */
export function relabelledModel(model: Uint8Array, manifest: Manifest): Uint8Array {
  return sealed(Buffer.concat(replaceMetadata(withoutSeal(model), metadataOf(manifest))))
}
