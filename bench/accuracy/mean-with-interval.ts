import { mean } from '../../src/evaluation/metrics.js'

/** Two-sided 95 % quantiles of Student's t for 1, 2, … degrees of freedom. */
const studentT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
]

/** Mean of several draws, and half the width of its 95 % confidence interval (Student's t); 0 for a single draw. */
export function meanWithInterval(values: readonly number[]): { mean: number; halfWidth: number } {
  const n = values.length
  const centre = mean(values)
  if (n < 2) return { mean: centre, halfWidth: 0 }
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (n - 1)
  return { mean: centre, halfWidth: (studentT[n - 2] ?? 1.96) * Math.sqrt(variance / n) }
}
