import type { EvaluationRecord } from './evaluation-record.js'

/** A wrongly answered image. */
export interface WrongAnswer {
  readonly file: string
  readonly label: string
  readonly predicted: string
  /** Probability of the answer, 0..1. */
  readonly probability: number
}

/** Lists wrongly answered images, the most confident answers first. */
export function wrongAnswers(records: readonly EvaluationRecord[]): WrongAnswer[] {
  return records
    .filter(({ error }) => error !== null)
    .map(({ file, truth, answers }) => {
      const { label: predicted, probability } = answers[0]!
      return { file, label: truth.label, predicted, probability }
    })
    .sort((a, b) => b.probability - a.probability)
}
