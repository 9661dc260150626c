import { describeFeature } from './bottleneck.js'
import { isWeighted } from './linear.js'
import type { Network } from './network.js'
import { trunkTo, type TrunkNode } from './trunk.js'
import type { Feature } from './types.js'

const joins = new Set(['Add', 'Concat', 'Sum', 'QLinearAdd', 'QLinearConcat', 'SkipLayerNormalization'])
const activations = new Set([
  'Relu',
  'LeakyRelu',
  'PRelu',
  'Clip',
  'HardSwish',
  'Gelu',
  'Elu',
  'Selu',
  'Celu',
  'Mish',
  'Swish',
  'QLinearLeakyRelu',
])
/**
 * A convolution with 8-bit results clamps to their range, which acts as the ReLU of such a network; so does a
 * QuantizeLinear after a convolution.
 */
const clampingConvolution = 'QLinearConv'
/** Operators that may follow a join within its block. */
const afterJoin = new Set([
  ...activations,
  'BatchNormalization',
  'QuantizeLinear',
  'DequantizeLinear',
  'Identity',
  'Dropout',
])

/**
 * The averaged outputs of all blocks before the bottleneck that have weights after them, the shallowest first.
 *
 * A block is a part of the trunk with several branches, at least one with weights, that an Add or Concat joins; where a
 * network has none (VGG, MobileNet v1), each activation after a convolution counts.
 */
export function findBlocks(network: Network, bottleneck: string): Feature[] {
  const trunk = trunkTo(network, bottleneck)
  // With no weights between it and the bottleneck, a block would carry the same information as the bottleneck.
  const lastWeighted = trunk.findLastIndex((item) =>
    [item.node, ...item.inside].some(({ opType }) => isWeighted(opType)),
  )
  const blocks = blockEnds(trunk)
  const ends = (blocks.length > 0 ? blocks : activationEnds(trunk)).filter((at) => at < lastWeighted)
  return ends.map((at) => endOfBlock(network, trunk, at)).filter((feature) => feature !== undefined)
}

/** Indices of trunk nodes that join the branches of a block; of the two joins in a transformer block, the second. */
function blockEnds(trunk: readonly TrunkNode[]): number[] {
  const list = [...trunk.keys()].filter(
    (at) => joins.has(trunk[at]!.node.opType) && trunk[at]!.inside.some(({ opType }) => isWeighted(opType)),
  )
  const attends = (at: number): boolean =>
    trunk[at]!.inside.some(({ opType }) => opType === 'Softmax' || opType.includes('Attention'))
  return list.some((at) => !attends(at)) ? list.filter((at) => !attends(at)) : list
}

function activationEnds(trunk: readonly TrunkNode[]): number[] {
  return [...trunk.keys()].filter(
    (at) =>
      activations.has(trunk[at]!.node.opType) ||
      trunk[at]!.node.opType === clampingConvolution ||
      (trunk[at]!.node.opType === 'Conv' && trunk[at + 1]?.node.opType === 'QuantizeLinear') ||
      (trunk[at]!.node.opType === 'Mul' && trunk[at]!.inside.length > 0),
  )
}

/**
 * The feature at the end of a block: follows a join to the activation after it. Quantised features are read after the
 * DequantizeLinear that their readers use.
 */
function endOfBlock(network: Network, trunk: readonly TrunkNode[], at: number): Feature | undefined {
  let tensor = trunk[at]!.node.output[0]!
  for (let next = at + 1; next < trunk.length; next++) {
    const { node, inside } = trunk[next]!
    if (!afterJoin.has(node.opType) || inside.length > 0) break
    if (node.opType === 'QuantizeLinear') {
      const readers = network.index.consumers.get(node.output[0]!) ?? []
      tensor = readers.find(({ opType }) => opType === 'DequantizeLinear')?.output[0] ?? tensor
    } else if (node.opType !== 'DequantizeLinear') {
      tensor = node.output[0]!
    }
  }
  return describeFeature(network, tensor)
}
