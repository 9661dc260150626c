import { firstRows, isFirstOfImage, pickRows, type FeatureTable } from '../../features/table.js'
import { folds } from '../../head/dealings.js'
import { assignFolds } from '../../head/folds.js'
import { compactSubset } from '../../head/compact-subset.js'
import { fitInGroups, leavingOut, scoreLeftOut } from '../../head/linear/fold-fits.js'
import { bestScaledLoss } from '../../head/held-out-loss.js'
import { ortBackend } from '../../head/linear/ort-backend.js'
import { openMatrixProducts } from '../../head/ort-matrix-products.js'
import { rowWeights } from '../../head/row-weights.js'
import { regularisations } from '../../head/regularisations.js'
import { standardiseSet } from '../../head/standardised-set.js'
import { buildTrainingSet } from '../../head/training-set.js'
import { pickTrainingRows } from '../../head/training-rows.js'
import { createRandom } from '../../math/random.js'

/** Held-out losses of heads that were trained without and with augmented views, in nats. */
export interface ViewProbe {
  /** Number of new images in it. */
  readonly images: number
  readonly without: number
  readonly with: number
}

const mostOldImages = 500
/** In nats: the loss of heads that are compared, not kept. */
const precision = 1e-4

/**
 * Compares heads that are trained with augmented views to heads that are trained without, by five folds over images.
 * Only plain views are predicted, as only they will be.
 *
 * @param added images with their augmented views; labels are 0..classes-1
 */
export async function probeViews(
  added: FeatureTable,
  classes: number,
  rehearsal: FeatureTable,
  { seed, signal }: { readonly seed: number; readonly signal?: AbortSignal | undefined },
): Promise<ViewProbe> {
  const old = createRandom(`views:${seed}`).shuffle(firstRows(rehearsal)).slice(0, mostOldImages)
  const set = buildTrainingSet({
    added,
    classes,
    rehearsal: pickRows(
      rehearsal,
      old.sort((a, b) => a - b),
    ),
  })
  await using products = await openMatrixProducts()
  const rows = Array.from(set.target.keys())
  const { set: compact } = await compactSubset(await standardiseSet(set), rows, products)
  await using evaluator = await ortBackend().open(compact)

  const fold = assignFolds(compact, folds, seed)
  const [regularisation] = regularisations as readonly [number]
  const isPlain = (row: number) => isFirstOfImage(compact, row)
  const problems = [
    ...leavingOut(compact, fold, { regularisation }, isPlain),
    ...leavingOut(compact, fold, { regularisation }),
  ]
  const fits = await fitInGroups(compact, problems, { evaluator, products }, { precision, signal })

  const plain = firstRows(compact)
  const shown = pickTrainingRows(compact, plain)
  const weight = rowWeights(shown)
  const lossOf = async (first: number) => {
    const scores = await scoreLeftOut(products, compact, fits.slice(first, first + folds), fold)
    const own = plain.flatMap((row) => [...scores.subarray(row * classes, (row + 1) * classes)])
    return bestScaledLoss(shown, Float32Array.from(own), weight)
  }
  return { images: firstRows(added).length, without: await lossOf(0), with: await lossOf(folds) }
}
