import {
  answersOf,
  expectedCalibrationError,
  reliabilityBins,
  riskCoverage,
  type RiskAtCoverage,
} from '../../evaluation/confidence.js'
import type { ImageRecord } from '../../evaluation/evaluation-record.js'
import { wilsonInterval } from '../../math/wilson.js'

/** Answers of about the same probability. */
export interface SurenessBin {
  /** Probabilities of the bin: (low, high]. */
  readonly low: number
  readonly high: number
  readonly right: number
  readonly wrong: number
  /** Their mean probability; `null` without answers. */
  readonly said: number | null
  /** The 95 % interval of the share that is right; `null` without answers. */
  readonly happened: { readonly low: number; readonly high: number } | null
}

/** How sure the classifier is, and how often that is right. */
export interface Sureness {
  readonly bins: readonly SurenessBin[]
  /** Expected calibration error, 0..1. */
  readonly calibrationError: number
  /** What is left when only the surest answers are believed, from all answers to the surest alone. */
  readonly trusted: readonly RiskAtCoverage[]
}

const binCount = 20
/** Points of the curve that are drawn. */
const mostPoints = 200

export function sureness(records: readonly ImageRecord[]): Sureness {
  const answers = answersOf(records)
  return {
    bins: reliabilityBins(answers, binCount).map(({ low, high, count, confidence, accuracy }) => {
      const right = Math.round(count * (accuracy ?? 0))
      const happened = count === 0 ? null : wilsonInterval(right / count, count)
      return { low, high, right, wrong: count - right, said: confidence, happened }
    }),
    calibrationError: expectedCalibrationError(answers),
    trusted: thinned(riskCoverage(answers).reverse()),
  }
}

/** Evenly many of very many points; the ends stay. */
function thinned(points: readonly RiskAtCoverage[]): RiskAtCoverage[] {
  if (points.length <= mostPoints) return [...points]
  const step = (points.length - 1) / (mostPoints - 1)
  return Array.from({ length: mostPoints }, (_, i) => points[Math.round(i * step)]!)
}
