import { node, valueInfo } from '../onnx/build.js'
import { floatAttribute, indexGraph } from '../onnx/graph.js'
import { opsetVersion, type LoadedModel } from '../onnx/model.js'
import { DataType, int64Tensor } from '../onnx/tensor.js'
import { readConstant } from '../locate/constants.js'
import { addedPrefix } from './tensor-names.js'

/** Layers to look at: the first ones reveal scale and offset of the pixels; later ones cost more than they add. */
const maxLayers = 12

/** Tensors [batch, channels]: mean of the input of each layer, and of its square, over each image. */
const outputs = { means: `${addedPrefix}statistics/means`, squares: `${addedPrefix}statistics/squares` } as const
export const statisticsTensors: readonly string[] = [outputs.means, outputs.squares]

/**
 * Statistics of the training images stored by batch normalisation, concatenated over the channels of all layers used.
 */
export interface StoredStatistics {
  readonly mean: Float64Array
  readonly variance: Float64Array
}

/**
 * Adds outputs to a prepared graph that report the input statistics of its batch normalisations.
 *
 * @param shapes of the base graph's tensors: only layers over feature maps, of rank 4, count
 * @returns the stored statistics; `undefined` where the graph has none, as when the exporter folded them into
 * convolutions
 */
export function addStatistics(
  model: LoadedModel,
  shapes: ReadonlyMap<string, readonly unknown[]>,
): StoredStatistics | undefined {
  const index = indexGraph(model.graph)
  const opset = opsetVersion(model)
  const mean: number[] = []
  const variance: number[] = []
  const layerOutputs: { readonly means: string; readonly squares: string }[] = []
  for (const layer of model.graph.node.filter(({ opType }) => opType === 'BatchNormalization')) {
    if (shapes.get(layer.input[0] ?? '')?.length !== 4) continue
    const [input = '', , , storedMean = '', storedVariance = ''] = layer.input
    const [means, variances] = [storedMean, storedVariance].map((name) => readConstant(index, name)?.data)
    if (!means || !variances || means.length !== variances.length || layerOutputs.length === maxLayers) continue
    const epsilon = floatAttribute(layer, 'epsilon', 1e-5)
    mean.push(...means)
    variance.push(...Array.from(variances, (value) => value + epsilon))
    const name = `${addedPrefix}statistics${layerOutputs.length}`
    model.graph.node.push(
      node('Cast', [input], `${name}/float`, { to: DataType.FLOAT }),
      node('Mul', [`${name}/float`, `${name}/float`], `${name}/square`),
    )
    layerOutputs.push({
      means: spatialMean(model, `${name}/float`, `${name}/means`, opset),
      squares: spatialMean(model, `${name}/square`, `${name}/squares`, opset),
    })
  }
  if (layerOutputs.length === 0) return undefined
  model.graph.node.push(
    node(
      'Concat',
      layerOutputs.map(({ means }) => means),
      outputs.means,
      { axis: 1 },
    ),
    node(
      'Concat',
      layerOutputs.map(({ squares }) => squares),
      outputs.squares,
      { axis: 1 },
    ),
  )
  for (const name of statisticsTensors) {
    model.graph.output.push(valueInfo(name, DataType.FLOAT, ['pictures', mean.length]))
  }
  return { mean: Float64Array.from(mean), variance: Float64Array.from(variance) }
}

function spatialMean({ graph }: LoadedModel, tensor: string, name: string, opset: number): string {
  if (opset >= 18) {
    graph.initializer.push(int64Tensor(`${name}/axes`, [2], [2, 3]))
    graph.node.push(node('ReduceMean', [tensor, `${name}/axes`], name, { keepdims: 0 }))
  } else graph.node.push(node('ReduceMean', [tensor], name, { axes: [2, 3], keepdims: 0 }))
  return name
}

/**
 * How far the input statistics of the first layers are from those in training, in nats: the mean over channels of
 * KL(seen ‖ stored) of two normal distributions. Typical values: hundredths for photographs under the right convention,
 * tenths under one with another mean, hundreds under one with another range.
 *
 * @param means [images × channels], as `squares`
 */
export function divergence({ mean, variance }: StoredStatistics, means: Float32Array, squares: Float32Array): number {
  const channels = mean.length
  const images = means.length / channels
  let sum = 0
  for (let c = 0; c < channels; c++) {
    let first = 0
    let second = 0
    for (let i = 0; i < images; i++) {
      first += means[i * channels + c]! / images
      second += squares[i * channels + c]! / images
    }
    const ratio = Math.max(second - first * first, 1e-12) / variance[c]!
    sum += (ratio + (first - mean[c]!) ** 2 / variance[c]! - 1 - Math.log(ratio)) / 2
  }
  return sum / channels
}
