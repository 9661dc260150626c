import { firstRows, pickRows, type FeatureTable } from '../../features/table.js'
import { throwIfAborted } from '../../core/errors.js'
import type { MatrixProducts } from '../../math/matrix-products.js'
import { createRandom } from '../../math/random.js'
import { compactSubset } from '../compact-subset.js'
import { folds } from '../dealings.js'
import { assignFolds } from '../folds.js'
import { bestScaling, scaledLosses } from '../held-out-loss.js'
import type { LayerChoice } from '../layer-choice.js'
import { openMatrixProducts } from '../ort-matrix-products.js'
import { rowWeights } from '../row-weights.js'
import { identityStandardisation, standardise } from '../standardise.js'
import { buildTrainingSet, type TrainingTables } from '../training-set.js'
import { fitHeads } from './fit.js'
import { headAt } from './head-at.js'
import { scoreRowsWith } from './score.js'
import { ortBackend } from './ort-backend.js'

/** How well heads on some layers do on images that they were not trained on. */
export interface TriedLayers {
  readonly choice: LayerChoice
  /** Mean loss of the images, in nats, by increment: the increment's own and the old ones. */
  readonly losses: readonly number[]
  /** How much lower the losses are than with the default layers: the mean logarithm of their ratio, over increments. */
  readonly gain: number
  /** Standard error of the gain. */
  readonly error: number
}

export interface ChooseOptions {
  /** [columns] the increment that a column belongs to. */
  readonly increment: Int32Array
  readonly regularisation: number
  readonly seed: number
  readonly signal?: AbortSignal | undefined
}

/** Images to choose by: enough for the differences that matter. */
const mostNew = 1000
const mostOld = 400
const leastOfClass = 2
/** Columns that are fitted at once. */
const maxColumns = 100
const precision = 1e-4

/**
 * Tries choices of layers by cross-validation on a sample of plain views, and returns them in the given order. Whatever
 * its number of images and classes, each increment counts as much as any other: layers that make one of them much
 * better and another one worse are not taken for good.
 *
 * @param choices the default one first
 */
export async function tryLayers(
  tables: Omit<TrainingTables, 'choice'>,
  choices: readonly LayerChoice[],
  { increment, regularisation, seed, signal }: ChooseOptions,
): Promise<TriedLayers[]> {
  const sample = sampled(tables, increment, seed)
  await using products = await openMatrixProducts()
  const increments = [...new Set(increment)]
  let first: Float64Array[] | undefined
  const tried: TriedLayers[] = []
  for (const choice of choices) {
    throwIfAborted(signal)
    const { scores, set, isHeldOut } = await heldOutScores(
      { ...sample, choice },
      { regularisation, seed, signal, products },
    )
    const all = increments.map((one) => {
      const weight = weightsOf(
        set,
        (row) => isHeldOut(row) && (set.target[row]! < 0 || increment[set.target[row]!] === one),
      )
      const losses = scaledLosses(set, scores, bestScaling(set, scores, weight))
      return { weight, losses, mean: meanBy(losses, weight) }
    })
    first ??= all.map(({ losses, mean }) => losses.map((loss) => loss / mean))
    const errors = all.map(({ weight, losses, mean }, i) => {
      const own = losses.map((loss, row) => weight[row]! ** 2 * (loss / mean - first![i]![row]!) ** 2)
      return own.reduce((sum, one) => sum + one, 0)
    })
    const losses = all.map(({ mean }) => mean)
    const ratios = losses.map((loss, i) => Math.log((tried[0]?.losses ?? losses)[i]! / loss))
    tried.push({
      choice,
      losses,
      gain: ratios.reduce((sum, one) => sum + one, 0) / ratios.length,
      error: Math.sqrt(errors.reduce((sum, one) => sum + one, 0)) / errors.length,
    })
  }
  return tried
}

/** Weights of rows of which the new ones and the old ones count half each. */
function weightsOf(set: Parameters<typeof rowWeights>[0], included: (row: number) => boolean): Float32Array {
  const weight = rowWeights(set, included)
  const total = (isNew: boolean) =>
    weight.reduce((sum, one, row) => sum + (set.target[row]! >= 0 === isNew ? one : 0), 0)
  const [added, old] = [total(true), total(false)]
  return weight.map((one, row) => one / (2 * (set.target[row]! >= 0 ? added : old)))
}

/** Held-out logits of a sample's rows; with many classes, of some of them. */
async function heldOutScores(
  sample: TrainingTables,
  { regularisation, seed, signal, products }: Omit<ChooseOptions, 'increment'> & { readonly products: MatrixProducts },
) {
  const whole = buildTrainingSet(sample)
  const rows = [...whole.target.keys()]
  const standardisation = await standardise(whole.features, rowWeights(whole))
  const { set } = await compactSubset(whole, rows, standardisation, products)
  const { rowLength } = standardisation
  await using evaluator = await ortBackend().open(set, identityStandardisation(set.features.dim, rowLength))
  const fold = assignFolds(set, folds, seed)
  const used = Math.max(1, Math.min(folds, Math.floor(maxColumns / sample.classes)))
  const problems = Array.from({ length: used }, (_, f) => ({
    regularisation,
    rowWeight: rowWeights(set, (row) => fold[row] !== f),
  }))
  const fits = await fitHeads(set, problems, { evaluator, products, rowLength }, { precision, signal })
  const heads = fits.map(({ point }) => headAt(point, sample.classes))
  const scores = await scoreRowsWith(products, set.features, heads, (row) => Math.min(fold[row]!, used - 1))
  return { set, scores, isHeldOut: (row: number) => fold[row]! < used }
}

/**
 * The choice with the greatest gain, where that exceeds its standard error; else the first one (the one-standard-error
 * rule of Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984).
 */
export function bestLayers(tried: readonly TriedLayers[]): TriedLayers {
  const first = tried[0]!
  const clear = tried.filter(({ gain, error }) => gain > error)
  return clear.reduce((best, one) => (one.gain > best.gain ? one : best), first)
}

function meanBy(values: Float64Array, weight: Float32Array): number {
  return values.reduce((sum, value, row) => sum + weight[row]! * value, 0)
}

/** Plain views of some images of every class, as many of each increment, and of some old ones. */
function sampled({ added, classes, rehearsal }: TrainingTables, increment: Int32Array, seed: number): TrainingTables {
  const increments = new Set(increment).size
  const most = Array.from(increment, (own) => {
    const columns = increment.filter((one) => one === own).length
    return Math.max(leastOfClass, Math.floor(mostNew / increments / columns))
  })
  const old =
    rehearsal &&
    sampledRows(
      rehearsal,
      () => 0,
      () => mostOld,
      seed,
    )
  return {
    added: sampledRows(
      added,
      (row) => added.label[row]!,
      (column) => most[column]!,
      seed,
    ),
    classes,
    rehearsal: old,
  }
}

/** @param mostOf how many rows of a group are taken */
function sampledRows(
  table: FeatureTable,
  groupOf: (row: number) => number,
  mostOf: (group: number) => number,
  seed: number,
): FeatureTable {
  const counts = new Map<number, number>()
  const rows = createRandom(`layers:${seed}`)
    .shuffle(firstRows(table))
    .filter((row) => {
      const count = (counts.get(groupOf(row)) ?? 0) + 1
      counts.set(groupOf(row), count)
      return count <= mostOf(groupOf(row))
    })
  return pickRows(
    table,
    rows.sort((a, b) => a - b),
  )
}
