import type { Label } from '../bundle/manifest.js'
import { answerCount, type ImageRecord } from '../evaluation/evaluation-record.js'
import { standout } from '../features/standout.js'
import type { ClassScores } from '../evaluation/class-scores.js'
import { errorOf } from '../evaluation/error-kind.js'
import type { TrainingRows } from '../head/training-rows.js'
import { logAddExp, logSumExp, topK } from '../math/softmax.js'
import type { HeldOutAnswers } from './held-out-answers.js'

/** The answer to an image by heads that were not trained on it. Frozen classes count as old, in `baseAnswer` too. */
export interface HeldOutImageRecord extends ImageRecord {
  /** Whether it is an image of the added classes, merged ones as well, or an old one to rehearse with. */
  readonly source: 'added' | 'rehearsal'
}

/** What the numbers among held-out answers stand for. */
export interface HeldOutNames {
  /** By number of the old class. */
  readonly old: readonly Label[]
  /** [k] by column; a merged column has the label of its old class. */
  readonly added: readonly Label[]
  /** Paths of the images that were given, by their number in the rows. */
  readonly files: readonly string[]
}

/** Records, and the probabilities of the added classes but merged ones. */
export interface HeldOutImages {
  readonly records: readonly HeldOutImageRecord[]
  /** The number of each record's image among those trained on. */
  readonly images: readonly number[]
  readonly scores: ClassScores
}

/** One added column, with what is needed to place it among the answers. */
interface Column {
  readonly column: number
  readonly label: Label
  /** The base class that it is merged into. */
  readonly base: number | undefined
}

/**
 * The answers of the extended classifier to all held-out images. Of the old logits, only E_o and the largest one are
 * known: so the classes among the answers are the added ones and the best old one, and their probabilities are those in
 * the joint softmax over all N + k classes, `exp(z − logaddexp(E_o, E_n))`.
 *
 * A merged column stands for its old class. Its logit is logsumexp(old, new); the old part is known where it is the
 * largest old logit or the row's own class, and left out elsewhere, where it is small.
 *
 * @param shifts [k] added to the added logits, by column, in nats
 */
export function heldOutRecords(
  answers: HeldOutAnswers,
  shifts: Float64Array,
  { old, added, files }: HeldOutNames,
): HeldOutImages {
  const { rows, merged } = answers
  // In the order of the classifier's columns, since ties go to the lower one.
  const columns = added
    .map((label, column): Column => ({ label, column, base: merged.get(column) }))
    .sort((a, b) => a.label.index - b.label.index)
  const own = columns.filter(({ base }) => base === undefined)
  const isOwn = new Set(own.map(({ label }) => label.index))

  const probabilities = new Float32Array(rows.target.length * own.length)
  const records = Array.from(rows.target, (target, row): HeldOutImageRecord => {
    const shifted = shiftedLogits(answers, row, shifts)
    const total = logAddExp(rows.oldLogSumExp[row]!, logSumExp(shifted))
    const scores = columns.map((one) => jointLogit(rows, row, one, shifted))
    const labels = columns.map(({ label }) => label)
    if (!columns.some(({ base }) => base === rows.oldClass[row])) {
      scores.unshift(rows.oldBest[row]!)
      labels.unshift(old[rows.oldClass[row]!]!)
    }
    const truth = target < 0 ? old[oldTruth(rows, row)]! : added[target]!
    const probabilityOf = (place: number) => Math.exp(scores[place]! - total)
    const ownScores = own.map(({ column }) => shifted[column]!)
    probabilities.set(
      ownScores.map((score) => Math.exp(score - total)),
      row * own.length,
    )
    const best = topK(scores, answerCount)
    const truthPlace = labels.findIndex(({ index }) => index === truth.index)
    return {
      file: (target < 0 ? undefined : files[rows.file[row]!]) ?? null,
      source: target < 0 ? 'rehearsal' : 'added',
      truth,
      truthProbability: truthPlace < 0 ? null : probabilityOf(truthPlace),
      answers: best.map((place) => {
        const { index, label, increment } = labels[place]!
        return { index, label, probability: probabilityOf(place), increment }
      }),
      standout: standout(scores[best[0]!]!, { median: rows.oldMedian[row]!, deviation: rows.oldDeviation[row]! }),
      baseAnswer: old[rows.oldClass[row]!]!,
      addedAnswer: own[topK(ownScores, 1)[0] ?? -1]?.label ?? null,
      error: errorOf(truth.index, labels[best[0]!]!.index, (index) => isOwn.has(index)),
    }
  })
  const classes = own.map(({ label }) => label)
  return { records, images: [...rows.image], scores: { classes, probabilities } }
}

/** The images of the added classes, without the old ones. */
export function addedAlone({ records, images, scores: { classes, probabilities } }: HeldOutImages): HeldOutImages {
  const rows = Array.from(records.keys()).filter((row) => records[row]!.source === 'added')
  const k = classes.length
  const kept = rows.flatMap((row) => [...probabilities.subarray(row * k, (row + 1) * k)])
  return {
    records: rows.map((row) => records[row]!),
    images: rows.map((row) => images[row]!),
    scores: { classes, probabilities: Float32Array.from(kept) },
  }
}

/** The class of an old image; where it is not known, the base model's own answer counts as right. */
export function oldTruth({ label, oldClass }: Pick<TrainingRows, 'label' | 'oldClass'>, row: number): number {
  return label[row]! < 0 ? oldClass[row]! : label[row]!
}

function shiftedLogits({ logits }: HeldOutAnswers, row: number, shifts: Float64Array): Float64Array {
  return shifts.map((shift, column) => logits[row * shifts.length + column]! + shift)
}

function jointLogit(
  { oldClass, oldBest, oldTarget, target }: TrainingRows,
  row: number,
  { column, base }: Column,
  shifted: Float64Array,
): number {
  const logit = shifted[column]!
  if (base === undefined) return logit
  if (oldClass[row] === base) return logAddExp(logit, oldBest[row]!)
  return target[row] === column ? logAddExp(logit, oldTarget[row]!) : logit
}
