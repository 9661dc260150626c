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
import { pickAnswers, type HeldOut, type TrainingRows } from '../head/training-rows.js'
import { concat } from '../math/concat.js'
import { heldOutRows } from './held-out-images.js'
import type { Refit } from './refit.js'

/** A linear head that was trained on frozen features, and its answers to images held out from training. */
export interface FrozenHead {
  readonly head: LinearHead
  readonly answers: HeldOut
}

/** The head that was fitted on frozen features, where its logits and those of a branch can be one head's. */
export function frozenHead({
  asTrained: [head],
  answers,
}: Pick<Refit, 'asTrained' | 'answers'>): FrozenHead | undefined {
  return head instanceof LinearHead ? { head, answers } : undefined
}

/** The names of the layers that are read by a head on a branch, which comes last, and a frozen head beside it. */
export function layersBeside(frozen: FrozenHead | undefined, { layers }: Pick<Backbone, 'layers'>): string[] {
  if (frozen === undefined) return [branchLayer]
  return [...(frozen.head.layers?.map(({ name }) => name) ?? usualLayers(layers)), branchLayer]
}

/**
 * Stands for training where a head on a branch was trained together with it: the logits are the mean of its own and of
 * those of the head on frozen features (the geometric mean of their odds), which makes other mistakes. Held-out answers
 * are those to the images that none of them has seen.
 *
 * @param frozen without it, its logits count as 0: a branch knows the images that it was trained with by heart, and is
 *   twice as sure of all others as it may be
 */
export function trainedAlready(
  { head, losses }: Pick<TrainedBranch, 'head' | 'losses'>,
  frozen: FrozenHead | undefined,
): HeadMethod {
  return {
    readsByColumn: true,
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
      const held = firstRows(set).filter((row) => isHeldOut[row])
      const { rows, logits } = pickAnswers(set, own, held)
      const answers = halved(logits, frozen && answersTo(rows, frozen.answers))
      const weight = [...(frozen ? [frozen.head.weight] : []), head.weight]
      const mean = {
        dim: features.dim,
        columns: classes,
        weight: halved(concat(Float32Array, weight)),
        bias: halved(head.bias, frozen?.head.bias),
      }
      const steps = losses.map((step) => ({ ...step, penalty: 0, heldOut: null }))
      return {
        heads: [new LinearHead(mean, 'softmax', layers)],
        regularisation: 0,
        tried: [],
        heldOut: { rows, logits: answers },
        heldOutLosses: () => bestLosses(rows, answers, rowWeights(rows)),
        converged: true,
        curves: curves ? [{ images: 'all', regularisation: 0, steps }] : [],
      }
    },
  }
}

/** Half of each number and of another one, which is 0 where there are no others. */
function halved(values: Float32Array, others?: Float32Array): Float32Array {
  return values.map((value, i) => (value + (others?.[i] ?? 0)) / 2)
}

/** Answers to the images of other rows, in their order. */
function answersTo({ image }: TrainingRows, { rows, logits }: HeldOut): Float32Array {
  const places = new Map(Array.from(rows.image, (one, row) => [one, row]))
  return pickAnswers(
    rows,
    logits,
    Array.from(image, (one) => places.get(one)!),
  ).logits
}
