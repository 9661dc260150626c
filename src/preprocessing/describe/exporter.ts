import { trueInputs } from '../../onnx/graph.js'
import type { LoadedModel } from '../../onnx/model.js'
import type { Convention } from '../../backbone/normalisation.js'

/** Program that wrote an ONNX file, where that suggests how its models are used. */
export type Exporter = 'PyTorch' | 'Keras' | 'CNTK' | 'Caffe' | 'MXNet' | 'Paddle' | 'Darknet' | 'unknown'

/** Patterns of `producer_name`; the first match counts. */
const producers: readonly (readonly [RegExp, Exporter])[] = [
  [/pytorch|torch/i, 'PyTorch'],
  [/tf2onnx|keras|tensorflow|tflite/i, 'Keras'],
  [/cntk/i, 'CNTK'],
  [/caffe|chainer/i, 'Caffe'],
  [/mxnet/i, 'MXNet'],
  [/paddle/i, 'Paddle'],
  [/darknet/i, 'Darknet'],
  [/coreml|winml|matlab/i, 'CNTK'],
]

const rgb = { imagenet: 'ImageNet mean and std', unit: '0..1', signed: '-1..1' }
const bytes = { bgrMean: 'Caffe, BGR minus mean', rgbMean: '0..255, RGB minus mean', rgb: '0..255', bgr: '0..255, BGR' }
const unitScaled = [rgb.imagenet, rgb.signed, rgb.unit]
const byteScaled = [bytes.bgrMean, bytes.rgbMean, bytes.rgb, bytes.bgr]

/** Below this side, in pixels, most networks are of their authors' own design, trained on pixels divided by 255. */
const ownDesign = 64

/** The exporter of a model, by its `producer_name`, or, where another tool rewrote it, by the names of its tensors. */
export function exporterOf(model: LoadedModel): Exporter {
  const known = producers.find(([name]) => name.test(model.producerName))?.[1]
  if (known !== undefined) return known
  const names = [
    ...model.graph.initializer.map(({ name }) => name),
    ...trueInputs(model.graph).map(({ name }) => name),
    ...model.graph.node.map(({ name }) => name),
  ]
  if (names.some((name) => /StatefulPartitionedCall|Conv2D|BiasAdd|ReadVariableOp|:0$/.test(name))) return 'Keras'
  if (
    names.some((name) =>
      /\.\d+\.(weight|bias)(_|$)|^(conv|fc|bn|classifier)\d*\.(weight|bias)(_|$)|^node_[A-Za-z]/.test(name),
    )
  )
    return 'PyTorch'
  if (names.some((name) => /^(gpu_0\/)?data_0$/.test(name))) return 'Caffe'
  if (names.includes('data')) return 'MXNet'
  return 'unknown'
}

/**
 * Sorts conventions by how likely a model of this exporter wants them; any others keep their order, at the end.
 *
 * @param side the shorter side of the input, in pixels
 */
export function likeliestFirst(conventions: readonly Convention[], exporter: Exporter, side: number): Convention[] {
  const order = orderOf(exporter, side)
  const rank = ({ name }: Convention): number => {
    const at = order.findIndex((wanted) => name === wanted || name.startsWith(`${wanted}, in `))
    return at < 0 ? order.length : at
  }
  return conventions.toSorted((a, b) => rank(a) - rank(b))
}

function orderOf(exporter: Exporter, side: number): string[] {
  const small = side < ownDesign
  switch (exporter) {
    // The image readers of CNTK, and of converters of its time, pass bytes on.
    case 'CNTK':
      return [bytes.rgb, bytes.bgr, bytes.bgrMean, bytes.rgbMean, ...unitScaled]
    case 'Caffe':
      return [...byteScaled, ...unitScaled]
    case 'Darknet':
      return [rgb.unit, rgb.imagenet, rgb.signed, ...byteScaled]
    case 'Keras':
      return small
        ? [rgb.unit, rgb.signed, bytes.rgb, bytes.bgrMean, rgb.imagenet]
        : [rgb.signed, rgb.unit, bytes.bgrMean, bytes.rgb, rgb.imagenet]
    case 'MXNet':
    case 'Paddle':
      return [rgb.imagenet, rgb.unit, bytes.rgb, bytes.rgbMean, rgb.signed]
    case 'PyTorch':
      return small
        ? [rgb.unit, rgb.imagenet, rgb.signed, ...byteScaled]
        : [rgb.imagenet, rgb.unit, rgb.signed, ...byteScaled]
    case 'unknown':
      return small ? [rgb.unit] : []
  }
}
