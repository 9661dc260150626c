import { tensorNames } from '../../backbone/tensor-names.js'
import type { Lease } from '../models/served-models.js'
import { outputNames } from './outputs.js'

/** What the protocol allows beyond itself, by Triton's names for it. */
const extensions = ['binary_tensor_data', 'classification'] as const

export function serverMetadata(version: string) {
  return { name: 'nplusk', version, extensions }
}

/**
 * Names and shapes of a model's tensors; -1 stands for any number of pictures. The input is described as encoded
 * pictures, since the protocol has one datatype to an input; the size of UINT8 pictures is in its parameters.
 */
export function modelMetadata({ name, revision, classifier }: Lease) {
  const { height, width } = classifier.preprocess
  const columns = classifier.labels.length
  return {
    name,
    versions: [String(revision)],
    platform: 'onnx_onnxv1',
    inputs: [{ name: tensorNames.image, datatype: 'BYTES', shape: [-1], parameters: { height, width } }],
    outputs: outputNames.map((output) =>
      output === 'label'
        ? { name: output, datatype: 'BYTES', shape: [-1] }
        : { name: output, datatype: 'FP32', shape: [-1, columns] },
    ),
  }
}
