import { branchLayer } from '../branch/graft.js'
import type { TrainedBranch } from '../branch/train-branch.js'
import { bestLosses } from '../head/held-out-loss.js'
import type { HeadMethod } from '../head/head-method.js'
import { LinearHead } from '../head/linear/linear-head.js'
import { rowWeights } from '../head/row-weights.js'
import { pickTrainingRows } from '../head/training-rows.js'
import { firstRows } from '../features/table.js'
import { heldOutRows } from './held-out-images.js'

/**
 * Stands for training where a head on a branch was trained together with it: held-out answers are those to the images
 * that neither has seen.
 */
export function trainedAlready({ head, losses }: Pick<TrainedBranch, 'head' | 'losses'>): HeadMethod {
  return {
    readsByColumn: true,
    async train(set, { seed, curves }) {
      const [group] = set.groups
      const { features, layers } = group!
      if (set.groups.length > 1 || layers?.length !== 1 || layers[0]!.name !== branchLayer) {
        throw new RangeError('a head on a branch reads nothing else')
      }
      const heads = [new LinearHead({ ...head, dim: features.dim, columns: set.classes }, 'softmax', layers)]
      const isHeldOut = heldOutRows(set, seed)
      const held = firstRows(set).filter((row) => isHeldOut[row])
      const rows = pickTrainingRows(set, held)
      const linear = new LinearHead({ ...head, dim: features.dim, columns: set.classes })
      const scores = await linear.score(features)
      const logits = new Float32Array(held.length * set.classes)
      held.forEach((row, i) => {
        logits.set(scores.subarray(row * set.classes, (row + 1) * set.classes), i * set.classes)
      })
      const steps = losses.map((step) => ({ ...step, penalty: 0, heldOut: null }))
      return {
        heads,
        regularisation: 0,
        tried: [],
        heldOut: { rows, logits },
        heldOutLosses: () => bestLosses(rows, logits, rowWeights(rows)),
        converged: true,
        curves: curves ? [{ images: 'all', regularisation: 0, steps }] : [],
      }
    },
  }
}
