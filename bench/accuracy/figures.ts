import { argMax, logSumExp } from '../../src/math/softmax.js'
import type { JointAnswers } from './answers.js'
import type { TestSet } from './data.js'
import { classFigures, confusionsOf, countAnswer, type ConfusionMatrix } from '../../src/evaluation/confusion-matrix.js'
import { errorOf } from '../../src/evaluation/error-kind.js'
import { expectedCalibrationError } from '../../src/evaluation/confidence.js'
import { harmonicMean, macroAccuracy, mean, shareOf } from '../../src/evaluation/metrics.js'
import { oldAndNewFigures, type ImageOutcome } from '../../src/evaluation/old-and-new.js'

/** The figures that docs/method.md defines; shares in 0..1, NLL in nats. */
export interface Figures {
  readonly count: { readonly old: number; readonly new: number }
  readonly accuracy: Parts
  readonly macroAccuracy: Parts
  readonly harmonicMean: number
  /** Old images among the N old classes, new images among the k new ones. */
  readonly ceiling: Omit<Parts, 'all'>
  /** Share of old images answered with a new class. */
  readonly leak: number
  /** Share of new images answered with an old class. */
  readonly miss: number
  /** Share of old images whose answer is the base model's. */
  readonly retention: number
  /** Loss of old accuracy against the base model on the same images. */
  readonly oldDrop: number
  readonly ece: Parts
  readonly nll: Parts
}

interface Parts {
  readonly old: number
  readonly new: number
  readonly all: number
}

/** A method's answers to both test sets. */
export interface Judged {
  readonly old: { readonly set: TestSet; readonly answers: JointAnswers }
  readonly new: { readonly set: TestSet; readonly answers: JointAnswers }
  /** Joint column of every new class. */
  readonly columns: readonly number[]
  /** Joint column of every class of the new test set; all new classes where left out. */
  readonly ownColumns?: readonly number[]
  /** Old classes whose images do not count: those that are also a new class of its own. */
  readonly leftOut: ReadonlySet<number>
}

/** An answer with what is needed to judge it. */
interface Answered {
  readonly truth: number
  readonly answer: number
  readonly confidence: number
  readonly nll: number
  /** The answer among the old classes, or among the new ones, alone. */
  readonly alone: number
  readonly base: number
}

export function figuresOf({ old, new: added, columns, ownColumns = columns, leftOut }: Judged): Figures {
  const n = old.set.oldClasses
  const oldColumns = Array.from({ length: n }, (_, c) => c)
  const isNew = setOf(columns)
  const oldOnes = answered(old.set, old.answers, (label) => label, oldColumns).filter(
    ({ truth }) => !leftOut.has(truth),
  )
  const newOnes = answered(added.set, added.answers, (label) => ownColumns[label]!, columns)
  const parts = (of: (some: readonly Answered[]) => number): Parts => ({
    old: of(oldOnes),
    new: of(newOnes),
    all: of([...oldOnes, ...newOnes]),
  })
  const {
    old: ofOld,
    new: ofNew,
    leak,
    miss,
  } = oldAndNewFigures([
    ...oldOnes.map((one) => outcomeOf(one, false, isNew)),
    ...newOnes.map((one) => outcomeOf(one, true, isNew)),
  ])
  const micro = {
    old: ofOld!.top1,
    new: ofNew!.top1,
    all: shareOf([...oldOnes, ...newOnes], ({ answer, truth }) => answer === truth),
  }
  return {
    count: { old: oldOnes.length, new: newOnes.length },
    accuracy: micro,
    macroAccuracy: parts((some) =>
      macroAccuracy(
        some.map(({ answer }) => answer),
        some.map(({ truth }) => truth),
      ),
    ),
    harmonicMean: harmonicMean(micro.old, micro.new),
    ceiling: { old: shareOf(oldOnes, isAloneRight), new: shareOf(newOnes, isAloneRight) },
    leak: leak!,
    miss: miss!,
    retention: shareOf(oldOnes, ({ answer, base }) => answer === base),
    oldDrop: ofOld!.top1Base - micro.old,
    ece: parts((some) =>
      expectedCalibrationError({
        confidence: some.map(({ confidence }) => confidence),
        right: some.map(({ answer, truth }) => (answer === truth ? 1 : 0)),
      }),
    ),
    nll: parts((some) => mean(some.map(({ nll }) => nll))),
  }
}

/** A merged class counts as new among the new test images, and as old among the old ones. */
function outcomeOf(
  { truth, answer, base }: Answered,
  isOfNewSet: boolean,
  isNew: (column: number) => boolean,
): ImageOutcome {
  return { isNew: isOfNewSet, error: errorOf(truth, answer, isNew), isBaseRight: base === truth }
}

const isAloneRight = ({ alone, truth }: Answered): boolean => alone === truth

function answered(
  { label, baseLogits, oldClasses }: TestSet,
  { logits, width }: JointAnswers,
  columnOf: (label: number) => number,
  alone: readonly number[],
): Answered[] {
  return Array.from(label, (one, row) => {
    const truth = columnOf(one)
    const answer = argMax(logits, row * width, width)
    const total = logSumExp(logits, row * width, width)
    const best = alone.reduce((a, b) => (logits[row * width + b]! > logits[row * width + a]! ? b : a))
    return {
      truth,
      answer,
      confidence: Math.exp(logits[row * width + answer]! - total),
      nll: total - logits[row * width + truth]!,
      alone: best,
      base: argMax(baseLogits, row * oldClasses, oldClasses),
    }
  })
}

/** The (truth, answer) pairs that leak most, old to new and new to old, by joint column. */
export function leakingPairs(
  { old, new: added, columns, ownColumns = columns, leftOut }: Judged,
  most = 8,
): { truth: number; answer: number; count: number }[] {
  const isNew = setOf(columns)
  const oldOnes = answered(old.set, old.answers, (label) => label, [0]).filter(({ truth }) => !leftOut.has(truth))
  const newOnes = answered(added.set, added.answers, (label) => ownColumns[label]!, [0])
  const matrix: ConfusionMatrix = new Map()
  for (const { truth, answer } of oldOnes)
    if (errorOf(truth, answer, isNew) === 'leak') countAnswer(matrix, truth, answer)
  for (const { truth, answer } of newOnes)
    if (errorOf(truth, answer, isNew) === 'miss') countAnswer(matrix, truth, answer)
  return confusionsOf(classFigures(matrix)).slice(0, most)
}

function setOf(columns: readonly number[]): (column: number) => boolean {
  const some = new Set(columns)
  return (column) => some.has(column)
}
