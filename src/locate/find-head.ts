import { NpluskError } from '../core/errors.js'
import type { Remedy } from '../core/remedies.js'
import type { NodeProto } from '../onnx/model.js'
import { readBottleneck } from './bottleneck.js'
import { isWeighted, readLinear } from './linear.js'
import type { Network } from './network.js'
import { nameOf } from './order.js'
import { isMap, noHead } from './refusal.js'
import { walkBack, type Miss, type Tail } from './tail.js'
import type { Feature } from './types.js'

const anotherNode: Remedy = { kind: 'give-option', option: 'head', value: 'another node' }

interface Found {
  /** The tensor from which the search led back to the head. */
  readonly output: string
  readonly tail: Tail
  readonly bottleneck: Feature
  /** Outputs of heads for other classes. */
  readonly otherOutputs?: readonly string[]
  /** A node after `output` that makes other numbers of the scores. */
  readonly leftOut?: NodeProto
}

/**
 * Walks back from every output and takes the deepest head: auxiliary classifiers and feature outputs branch off
 * earlier.
 *
 * @param named the node to take as the head, by its name or an output
 * @throws NpluskError `BAD_MODEL` where there is no head, `NOT_FOUND` where there is no node `named`
 */
export function findHead(network: Network, named?: string): Found {
  if (named !== undefined) return findNamed(network, named)
  const found: Found[] = []
  const misses: Miss[] = []
  for (const info of network.model.graph.output) {
    const { name } = info
    const before = headBefore(network, name)
    const result = 'reason' in before || !network.shapes.has(name) || !isMap(network, info) ? before : mapMiss(before)
    if ('reason' in result) misses.push(result)
    else found.push(result)
  }
  const depths = nodeDepths(network)
  const deepest = found.sort((a, b) => depths.get(b.tail.linear.node)! - depths.get(a.tail.linear.node)!)[0]
  if (deepest) return { ...deepest, otherOutputs: otherTasks(found, deepest) }
  throw noHead(network, misses, candidate(network))
}

/** Rejects a linear layer whose output is a map, such as the last one of an autoencoder. */
function mapMiss({ output, tail }: Found): Miss {
  return {
    output,
    reason: `the ${tail.linear.classes} numbers that ${nameOf(tail.linear.node)} makes are laid out as a picture`,
  }
}

/**
 * Outputs of heads for other classes (age beside gender), told from auxiliary classifiers by a different number of
 * classes.
 */
function otherTasks(found: readonly Found[], { tail }: Found): string[] {
  return found.filter((one) => one.tail.linear.classes !== tail.linear.classes).map(({ output }) => output)
}

/** The last node that the option `head` could name. */
function candidate(network: Network): string | undefined {
  const node = network.order.findLast((one) => readLinear(network, one) && !('reason' in headOf(network, one)))
  return node && nameOf(node)
}

/** The head before a tensor, provided that its scores are one per class and image. */
function headBefore(network: Network, output: string): Found | Miss {
  const tail = walkBack(network, output)
  if ('reason' in tail) return tail
  const head = `${nameOf(tail.linear.node)} (${tail.linear.kind})`
  const bottleneck = readBottleneck(network, tail)
  if (typeof bottleneck === 'string') return { output, reason: `${head} is no head: ${bottleneck}` }
  const scores = network.shapes.get(tail.logits)
  const images = network.input.batch === 'free' ? 1 : network.input.batch
  if (
    scores &&
    network.sizesFixed &&
    scores.reduce((product, dim) => product * dim, 1) !== images * tail.linear.classes
  ) {
    return {
      output,
      reason: `${head} makes ${tail.linear.classes} scores, and ${tail.logits} is [${scores.join(', ')}]`,
    }
  }
  return { output, tail, bottleneck }
}

/** Finds the head that the user names; its logits are the last tensor after it that still holds its scores. */
function findNamed(network: Network, named: string): Found {
  const node = network.order.find(({ name, output }) => name === named || output.includes(named))
  if (!node)
    throw new NpluskError('NOT_FOUND', `The model has no node ${named}.`, {
      remedy: { kind: 'name-tensor', option: 'head' },
    })
  if (!readLinear(network, node)) {
    const near = isWeighted(node.opType)
      ? 'has no constant weights from features to classes'
      : 'is no Gemm, MatMul or 1x1 Conv'
    throw new NpluskError('BAD_MODEL', `Node ${named} (${node.opType}) ${near}, so it cannot be the head.`, {
      remedy: anotherNode,
    })
  }
  const result = headOf(network, node)
  if (!('reason' in result)) {
    const leftOut = changeAfter(network, result.output)
    return leftOut ? { ...result, leftOut } : result
  }
  const { reason } = result
  throw new NpluskError('BAD_MODEL', `Node ${named} cannot be the head: ${reason}.`, { remedy: anotherNode })
}

/** A linear node as the head, or why it cannot be one. */
function headOf(network: Network, node: NodeProto): Found | Miss {
  for (const tensor of reachedFrom(network, node).reverse()) {
    const result = headBefore(network, tensor)
    if (!('reason' in result) && result.tail.linear.node === node) return result
  }
  const [output = ''] = node.output
  const result = headBefore(network, output)
  return 'reason' in result ? result : { output, reason: 'its scores do not reach an output' }
}

/** Operators that rank scores, or look at their shape, rather than change them. */
const ranking = /^(ArgMax|TopK|LabelEncoder|ReduceMax|Shape|Size)$/

/** The first node that changes the scores in a tensor on their way to an output, unless the tensor is one itself. */
function changeAfter(network: Network, tensor: string): NodeProto | undefined {
  const outputs = new Set(network.model.graph.output.map(({ name }) => name))
  if (outputs.has(tensor)) return undefined
  return network.index.consumers
    .get(tensor)
    ?.find((node) => !ranking.test(node.opType) && reachedFrom(network, node).some((name) => outputs.has(name)))
}

/** Tensors computed from a node's output, in topological order, the graph's outputs last. */
function reachedFrom({ order, model }: Network, node: NodeProto): string[] {
  const reached = new Set(node.output)
  for (const { input, output } of order)
    if (input.some((name) => reached.has(name))) for (const name of output) reached.add(name)
  const outputs = new Set(model.graph.output.map(({ name }) => name))
  return [...reached].sort((a, b) => Number(outputs.has(a)) - Number(outputs.has(b)))
}

/** The length of the longest path from an input to each node, in nodes. */
function nodeDepths({ order, index }: Network): Map<NodeProto, number> {
  const depths = new Map<NodeProto, number>()
  for (const node of order) {
    let depth = 0
    for (const name of node.input) {
      const maker = index.producer.get(name)
      depth = Math.max(depth, 1 + (maker ? (depths.get(maker) ?? 0) : 0))
    }
    depths.set(node, depth)
  }
  return depths
}
