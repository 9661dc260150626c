import { findAttribute } from '../../onnx/graph.js'
import type { LoadedModel } from '../../onnx/model.js'

/** Class names in the ZipMap that Custom Vision, ML.NET and scikit-learn append after the probabilities. */
export function namesInGraph({ graph }: LoadedModel): string[] | undefined {
  const zip = graph.node.find(({ opType }) => opType === 'ZipMap')
  const names = zip && findAttribute(zip, 'classlabels_strings')?.strings.map((name) => new TextDecoder().decode(name))
  return names && names.length > 0 ? names : undefined
}
