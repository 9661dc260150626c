import { NpluskError } from '../core/errors.js'
import { channelAxisOf } from './channel-axis.js'
import type { Network } from './network.js'
import { dequantiserOf } from './quantised.js'
import type { Tail } from './tail.js'
import type { Feature } from './types.js'

/** The feature that the head reads, or the reason why the linear node cannot be a classification head. */
export function readBottleneck(network: Network, tail: Tail): Feature | string {
  const { linear, isPooled, select } = tail
  const tensor = beforeCopies(network, linear.features)
  const dims = network.shapes.get(tensor)
  const rank = dims?.length ?? (linear.isConvolution ? 4 : 2)
  const channelAxis = linear.isConvolution ? 1 : rank - 1
  if (dims && dims[channelAxis] !== linear.size) {
    return `its weights are for ${linear.size} features, and ${tensor} is [${dims.join(', ')}]`
  }
  const axes = averagedAxes(network, tensor, channelAxis, rank).filter((axis) => axis !== select?.axis)
  if (!isPooled && axes.some((axis) => (dims?.[axis] ?? 1) > 1))
    return 'it scores each of several positions, not the image'
  return {
    tensor,
    size: linear.size,
    axes,
    channelAxis,
    ...(select ? { select } : {}),
    ...(linear.dequantise ? { dequantise: linear.dequantise } : {}),
  }
}

/**
 * The tensor that the user names as the bottleneck.
 *
 * @throws NpluskError `NOT_FOUND` where the graph has no such tensor, `BAD_MODEL` where it is no feature of the image
 */
export function namedBottleneck(network: Network, tensor: string): Feature {
  if (!network.index.producer.has(tensor)) {
    throw new NpluskError('NOT_FOUND', `The model has no tensor ${tensor}.`, {
      remedy: { kind: 'name-tensor', option: 'bottleneck' },
    })
  }
  const feature = describeFeature(network, tensor)
  if (feature) return feature
  throw new NpluskError('BAD_MODEL', `Tensor ${tensor} holds no features of known size made from the image.`, {
    remedy: { kind: 'give-option', option: 'bottleneck', value: 'another one' },
  })
}

/**
 * Describes a tensor as features by its shape: [batch, size], [batch, tokens, size], [batch, size, height, width] or
 * [batch, height, width, size].
 *
 * @returns `undefined` where the shape is none of these, or the tensor does not depend on the image
 */
export function describeFeature(network: Network, tensor: string): Feature | undefined {
  const dims = network.shapes.get(tensor)
  if (!dims || dims.length < 2 || dims.length > 4 || !network.fromImage.has(tensor)) return undefined
  const channelAxis = channelAxisOf(network, tensor, dims.length)
  const size = dims[channelAxis]!
  if (size < 2) return undefined
  const dequantise = dequantiserOf(network.index, tensor)
  return {
    tensor,
    size,
    axes: averagedAxes(network, tensor, channelAxis, dims.length),
    channelAxis,
    ...(dequantise ? { dequantise } : {}),
  }
}

/** Axes to average over: those besides batch and channels that may be longer than 1 for some image. */
function averagedAxes({ shapes, sizesFixed }: Network, tensor: string, channelAxis: number, rank: number): number[] {
  const dims = shapes.get(tensor)
  const axes: number[] = []
  for (let axis = 1; axis < rank; axis++) {
    if (axis !== channelAxis && !(sizesFixed && dims?.[axis] === 1)) axes.push(axis)
  }
  return axes
}

/** Skips Dropout and Identity, which do nothing at inference. */
function beforeCopies({ index, fromImage }: Network, tensor: string): string {
  let at = tensor
  for (;;) {
    const maker = index.producer.get(at)
    const before = maker?.opType === 'Dropout' || maker?.opType === 'Identity' ? maker.input[0] : undefined
    if (before === undefined || !fromImage.has(before)) return at
    at = before
  }
}
