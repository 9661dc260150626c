import { branchLayer } from '../branch/branch-layer.js'
import type { TrainedBranch } from '../branch/train-branch.js'
import { bestLosses } from '../head/held-out-loss.js'
import type { HeadMethod } from '../head/head-method.js'
import { LinearHead } from '../head/linear/linear-head.js'
import { rowWeights } from '../head/row-weights.js'
import { fitScaleShift, scaled } from '../head/scale-shift.js'
import { pickAnswers } from '../head/training-rows.js'
import { firstRows } from '../features/table.js'
import { heldOutRows } from './held-out-images.js'

/**
 * Stands for training where a head on a branch was trained together with it: held-out answers are those to the images
 * that neither has seen. A branch knows the images that it was trained with by heart, and is surer of all than it may
 * be, so its logits get the one scale and shift that suit the images held out.
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
      const weights = { dim: features.dim, columns: set.classes }
      const scores = await new LinearHead({ ...head, ...weights }).score(features)
      const isHeldOut = heldOutRows(set, seed)
      const held = firstRows(set).filter((row) => isHeldOut[row])
      const { rows, logits: asTrained } = pickAnswers(set, scores, held)
      const rowWeight = rowWeights(rows)
      const scaling = fitScaleShift(rows, asTrained, rowWeight, { scale: 1, shift: 0 })
      const logits = scaled(asTrained, scaling)
      const weight = head.weight.map((value) => scaling.scale * value)
      const fitted = new LinearHead({ weight, bias: scaled(head.bias, scaling), ...weights }, 'softmax', layers)
      const steps = losses.map((step) => ({ ...step, penalty: 0, heldOut: null }))
      return {
        heads: [fitted],
        regularisation: 0,
        tried: [],
        heldOut: { rows, logits },
        heldOutLosses: () => bestLosses(rows, logits, rowWeight),
        converged: true,
        curves: curves ? [{ images: 'all', regularisation: 0, steps }] : [],
      }
    },
  }
}
