import { firstRows, pickRows, type FeatureTable } from '../../features/table.js'
import { throwIfAborted } from '../../core/errors.js'
import type { MatrixProducts } from '../../math/matrix-products.js'
import { createRandom } from '../../math/random.js'
import { bestOf } from '../choose-kind.js'
import { compactSubset } from '../compact-subset.js'
import { folds } from '../dealings.js'
import { assignFolds } from '../folds.js'
import { bestLosses } from '../held-out-loss.js'
import type { LayerChoice } from '../layer-choice.js'
import { openMatrixProducts } from '../ort-matrix-products.js'
import { rowWeights, withoutSingles } from '../row-weights.js'
import { standardiseSet } from '../standardised-set.js'
import type { TrainingRows } from '../training-rows.js'
import { buildTrainingSet, type TrainingTables } from '../training-set.js'
import { fitHeads } from './fit.js'
import { leavingOut, maxColumns, scoreLeftOut } from './fold-fits.js'
import { ortBackend } from './ort-backend.js'

/** How well heads that read some layers do on images of an increment, and old ones, that they were not trained on. */
export interface TriedLayers {
  readonly choice: LayerChoice
  /** [images] what each adds to the mean loss, in nats. */
  readonly losses: Float64Array
}

/** The choices tried for each increment, in their order. */
export type TriedByIncrement = ReadonlyMap<number, readonly TriedLayers[]>

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
const precision = 1e-4

/**
 * Tries choices of layers by cross-validation on a sample of plain views. All increments are told apart from each other
 * and from the old classes, and each is judged by its own images and the old ones, which count half. An image that is
 * the only one of its class judges nothing, as heads that have not seen it cannot know it. Where none of an increment's
 * images is left to judge by, or happens to be held out, all its losses are 0.
 *
 * @param choices the plainest first
 */
export async function tryLayers(
  tables: Omit<TrainingTables, 'choices'>,
  choices: readonly LayerChoice[],
  { increment, regularisation, seed, signal }: ChooseOptions,
): Promise<TriedByIncrement> {
  const sample = sampled(tables, increment, seed)
  await using products = await openMatrixProducts()
  const tried = new Map([...new Set(increment)].map((one) => [one, [] as TriedLayers[]]))
  for (const choice of choices) {
    throwIfAborted(signal)
    const choices = new Array<LayerChoice>(sample.classes).fill(choice)
    const held = await heldOutScores({ ...sample, choices }, { regularisation, seed, signal, products })
    const judging = withoutSingles(held.set, rowWeights(held.set))
    for (const [one, ofIncrement] of tried) {
      const isOwn = (target: number) => target < 0 || increment[target] === one
      const isJudge = (row: number) => judging[row]! > 0 && held.isHeldOut(row) && isOwn(held.set.target[row]!)
      const weight = weightsOf(held.set, isJudge)
      ofIncrement.push({ choice, losses: bestLosses(held.set, held.scores, weight) })
    }
  }
  return tried
}

/** The choice for an increment: the one of least loss, as kinds of head are chosen. */
export function bestLayers(tried: readonly TriedLayers[]): LayerChoice {
  return tried[bestOf(tried.map(({ losses }) => losses))]!.choice
}

/** The choice for all increments together: each counts as much as any other, whatever its loss. */
export function bestLayersForAll(tried: TriedByIncrement): LayerChoice {
  const all = [...tried.values()]
  const relative = all.map((ofIncrement) => {
    const usual = ofIncrement[0]!.losses.reduce((sum, loss) => sum + loss, 0)
    return ofIncrement.map(({ losses }) => losses.map((loss) => loss / (usual || 1)))
  })
  const joined = all[0]!.map((_, i) => Float64Array.from(relative.flatMap((ofIncrement) => [...ofIncrement[i]!])))
  return all[0]![bestOf(joined)]!.choice
}

/** Weights of rows of which the new ones and the old ones count half each; 0 for all where none is new. */
function weightsOf(set: TrainingRows, included: (row: number) => boolean): Float32Array {
  const weight = rowWeights(set, included)
  const total = (isNew: boolean) =>
    weight.reduce((sum, one, row) => sum + (set.target[row]! >= 0 === isNew ? one : 0), 0)
  const [added, old] = [total(true), total(false)]
  if (added === 0) return weight.fill(0)
  return weight.map((one, row) => one / (2 * (set.target[row]! >= 0 ? added : old)))
}

/** Held-out logits of a sample's rows; with many classes, of some of them. */
async function heldOutScores(
  sample: TrainingTables,
  { regularisation, seed, signal, products }: Omit<ChooseOptions, 'increment'> & { readonly products: MatrixProducts },
) {
  const whole = await standardiseSet(buildTrainingSet(sample))
  const { set } = await compactSubset(whole, [...whole.target.keys()], products)
  await using evaluator = await ortBackend().open(set)
  const fold = assignFolds(set, folds, seed)
  const used = Math.max(1, Math.min(folds, Math.floor(maxColumns / sample.classes)))
  const problems = leavingOut(set, fold, { regularisation }).slice(0, used)
  const fits = await fitHeads(set, problems, { evaluator, products }, { precision, signal })
  const scores = await scoreLeftOut(products, set, fits, fold)
  return { set, scores, isHeldOut: (row: number) => fold[row]! < used }
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
