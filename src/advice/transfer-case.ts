import type { FeatureTable } from '../features/table.js'
import type { TransferCase } from './findings.js'

/** Images a class from which on there are many. */
const manyImages = 100
/** Images are unlike those of the base model from where it is so unsure of them, in nats. */
const unlikeFrom = 1.3

/**
 * Which of the four classic cases of transfer learning a data set is: few or many images a class, like or unlike those
 * that the base model learned from.
 *
 * @param table the plain views
 */
export function transferCase(table: FeatureTable, classes: number): TransferCase {
  const many = table.count / classes >= manyImages
  const like = unsureness(table) < unlikeFrom
  return `${many ? 'many' : 'few'}-${like ? 'like' : 'unlike'}`
}

/** Mean of −log of the base model's largest probability. */
function unsureness({ oldLogSumExp, oldBest, count }: FeatureTable): number {
  return oldLogSumExp.reduce((sum, total, row) => sum + total - oldBest[row]!, 0) / Math.max(1, count)
}
