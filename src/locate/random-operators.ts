import { NpluskError } from '../core/errors.js'
import { readBy } from '../onnx/graph.js'
import { dropsAtRandom } from '../onnx/training-mode.js'
import type { Network } from './network.js'
import { nameOf } from './order.js'

/**
 * Refuses a graph whose answer to an image differs from run to run.
 *
 * @param tensors that must not depend on random numbers
 * @throws NpluskError `BAD_MODEL`
 */
export function refuseRandom({ order, index }: Network, tensors: readonly string[]): void {
  const needed = new Set(tensors)
  for (const node of order.toReversed()) {
    if (!node.output.some((name) => needed.has(name))) continue
    const message = `The model was exported in training mode: its ${node.opType} ${nameOf(node)}`
    if (dropsAtRandom(node, index.constants))
      throw new NpluskError('BAD_MODEL', `${message} drops numbers at random; export it with eval().`)
    if (/^(Bernoulli|Multinomial|Random(Normal|Uniform)(Like)?)$/.test(node.opType))
      throw new NpluskError('BAD_MODEL', `${message} makes random numbers; export it with eval().`)
    for (const name of readBy(node)) needed.add(name)
  }
}
