import { argMax, logSumExp } from '../../src/math/softmax.js'
import type { TestSet } from './data.js'
import { expectedCalibrationError } from '../../src/evaluation/confidence.js'
import { accuracy, mean } from '../../src/evaluation/metrics.js'

/** The base model's own figures on old images. */
export function baseFigures(
  { label, baseLogits, oldClasses: n }: TestSet,
  leftOut: ReadonlySet<number> = new Set(),
): { count: number; accuracy: number; ece: number; nll: number } {
  const rows = Array.from(label.keys()).filter((row) => !leftOut.has(label[row]!))
  const answer = rows.map((row) => argMax(baseLogits, row * n, n))
  const truth = rows.map((row) => label[row]!)
  const total = rows.map((row) => logSumExp(baseLogits, row * n, n))
  const probability = (i: number, column: number) => Math.exp(baseLogits[rows[i]! * n + column]! - total[i]!)
  return {
    count: rows.length,
    accuracy: accuracy(answer, truth),
    ece: expectedCalibrationError({
      confidence: answer.map((one, i) => probability(i, one)),
      right: answer.map((one, i) => (one === truth[i] ? 1 : 0)),
    }),
    nll: mean(truth.map((one, i) => -Math.log(probability(i, one)))),
  }
}
