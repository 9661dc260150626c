import { branchLayer } from '../branch/branch-layer.js'
import type { TrainedBranch } from '../branch/train-branch.js'
import type { Backbone } from '../features/backbone.js'
import { usualLayers } from '../features/layers.js'
import { firstRows } from '../features/table.js'
import { partsOfSource } from '../head/feature-source.js'
import { bestLosses } from '../head/held-out-loss.js'
import type { HeadMethod } from '../head/head-method.js'
import { LinearHead } from '../head/linear/linear-head.js'
import { rowWeights } from '../head/row-weights.js'
import type { TrainingCurve } from '../head/training-curve.js'
import { pickAnswers, type HeldOut, type TrainingRows } from '../head/training-rows.js'
import { concat } from '../math/concat.js'
import { heldOutRows } from './held-out-images.js'
import type { Refit } from '../training/refit.js'

/** What heads on frozen features were fitted to, and said of images held out from training. */
export type FrozenFit = Pick<Refit, 'asTrained' | 'answers' | 'triedKinds'>

/** The names of the layers that are read by a head on a branch, which comes last, and the frozen head beside it. */
export function layersBeside(frozen: FrozenFit, { layers }: Pick<Backbone, 'layers'>): string[] {
  const head = linearHead(frozen)
  if (head === undefined) return [branchLayer]
  return [...(head.layers?.map(({ name }) => name) ?? usualLayers(layers)), branchLayer]
}

/**
 * Stands for training where a head on a branch was trained together with it: the logits are the mean of its own and of
 * those of the head on frozen features (the geometric mean of their odds), as the two make different mistakes. Held-out
 * answers are those to the images that neither has seen, of the images that the frozen head was judged by.
 *
 * Logits of a perceptron are left out, as they are not linear. Half of the branch's stay, which knows the images that
 * it was trained with by heart, and is twice as sure of all others as it may be.
 */
export function trainedAlready(
  { head, losses }: Pick<TrainedBranch, 'head' | 'losses'>,
  frozen: FrozenFit,
): HeadMethod {
  const other = linearHead(frozen)
  return {
    readsByColumn: false,
    async train(set, { seed, curves }) {
      const { classes } = set
      const [group] = set.groups
      const { features, layers = [] } = group!
      if (set.groups.length > 1 || layers.at(-1)?.name !== branchLayer) {
        throw new RangeError('a head on a branch reads the same layers for all columns, the branch last')
      }
      const dim = head.weight.length / classes
      const ownFeatures = partsOfSource(features, [{ start: features.dim - dim, end: features.dim }])
      const own = await new LinearHead({ ...head, dim, columns: classes }).score(ownFeatures)
      const isHeldOut = heldOutRows(set, seed)
      const judged = new Set(frozen.answers.rows.image)
      const held = firstRows(set).filter((row) => isHeldOut[row] && judged.has(set.image[row]!))
      const { rows, logits } = pickAnswers(set, own, held)
      const answers = halved(logits, other && answersTo(rows, frozen.answers).logits)
      const mean = {
        dim: features.dim,
        columns: classes,
        weight: halved(other ? concat(Float32Array, [other.weight, head.weight]) : head.weight),
        bias: halved(head.bias, other?.bias),
      }
      return {
        heads: [new LinearHead(mean, other?.kind, layers)],
        regularisation: 0,
        tried: [],
        heldOut: { rows, logits: answers },
        heldOutLosses: () => bestLosses(rows, answers, rowWeights(rows)),
        triedKinds: other ? frozen.triedKinds : [],
        converged: true,
        curves: curves ? [branchCurve(losses)] : [],
      }
    },
  }
}

/** How a branch was trained. */
export function branchCurve(losses: TrainedBranch['losses']): TrainingCurve {
  const steps = losses.map((step) => ({ ...step, penalty: 0, heldOut: step.heldOut ?? null }))
  return { images: 'branch', regularisation: 0, steps }
}

/**
 * Answers to the images of other rows, in their order.
 *
 * @throws RangeError where there is none to one of them
 */
export function answersTo({ image }: Pick<TrainingRows, 'image'>, { rows, logits }: HeldOut): HeldOut {
  const places = new Map(Array.from(rows.image, (one, row) => [one, row]))
  const wanted = Array.from(image, (one) => {
    const place = places.get(one)
    if (place === undefined) throw new RangeError(`no answer to image ${one}`)
    return place
  })
  return pickAnswers(rows, logits, wanted)
}

function linearHead({ asTrained: [head] }: FrozenFit): LinearHead | undefined {
  return head instanceof LinearHead ? head : undefined
}

/** Half of each number and of another one, which is 0 where there are no others. */
function halved(values: Float32Array, others?: Float32Array): Float32Array {
  return values.map((value, i) => (value + (others?.[i] ?? 0)) / 2)
}
