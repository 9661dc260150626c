import { logSumExp } from '../../../src/math/softmax.js'
import type { JointAnswers } from '../answers.js'
import { newTestSet, oldTestSet, trainingIncrement } from '../data.js'
import { auroc, falsePositiveRate, mean } from '../../../src/evaluation/metrics.js'
import { refitClassifier } from '../methods/engine.js'
import type { Section } from '../section.js'
import { share, type Table } from '../../shared/table.js'
import { rejectThreshold } from '../../../src/calibration/reject.js'

/** What `predict --reject` goes by. */
const engineScore = "largest probability (the engine's)"

/** False-reject rates that thresholds are set for. */
const rates = [0.01, 0.05, 0.1]

/** How sure an answer is, by the joint logits of one image: larger is surer. */
type Score = (logits: Float32Array, start: number, width: number) => number

const scores: Readonly<Record<string, Score>> = {
  [engineScore]: (logits, start, width) =>
    Math.exp(logits.subarray(start, start + width).reduce((a, b) => Math.max(a, b)) - logSumExp(logits, start, width)),
  energy: (logits, start, width) => logSumExp(logits, start, width),
  'largest logit': (logits, start, width) => logits.subarray(start, start + width).reduce((a, b) => Math.max(a, b)),
}

/** Telling images of no known class, textures and materials, from images of known ones, with flowers added. */
export const reject: Section = {
  name: 'reject',
  async run(lab, { say }) {
    say('reject')
    const increments = [await trainingIncrement(lab, 'flowers', 'separate')]
    const { classify, refit } = await refitClassifier(increments, lab.rehearsal, lab.baseHead)
    const answers = async (names: readonly string[]) =>
      Promise.all(names.map(async (name) => classify(await newTestSet(lab, name))))
    const known = [await classify(await oldTestSet(lab)), ...(await answers(['flowers']))]
    const unknown = await answers(['textures', 'materials'])
    const figures = Object.entries(scores).map(([name, score]) => {
      const [inside, outside] = [scoresOf(known, score), scoresOf(unknown, score)]
      const counts = { known: inside.length, unknown: outside.length }
      return { score: name, ...counts, auroc: auroc(inside, outside), fpr95: falsePositiveRate(inside, outside) }
    })
    const thresholds = rates.map((rate) => {
      const threshold = rejectThreshold(refit.confidenceQuantiles, rate)
      const below = (sets: readonly JointAnswers[]) =>
        mean(scoresOf(sets, scores[engineScore]!).map((confidence) => (confidence < threshold ? 1 : 0)))
      return { asked: rate, threshold, knownRejected: below(known), unknownRejected: below(unknown) }
    })
    return { tables: [separationTable(figures), thresholdTable(thresholds)], figures: { scores: figures, thresholds } }
  },
}

function scoresOf(sets: readonly JointAnswers[], score: Score): number[] {
  return sets.flatMap(({ logits, width, count }) =>
    Array.from({ length: count }, (_, row) => score(logits, row * width, width)),
  )
}

const note = 'Known: imagenet-test and flowers/val; unknown: textures/val and materials/val; flowers added.'

function separationTable(rows: readonly { score: string; auroc: number; fpr95: number }[]): Table {
  return {
    title: 'None of these: images of no known class told from known ones',
    columns: ['score', 'AUROC', 'FPR@95'],
    rows: rows.map((one) => [one.score, share(one.auroc), share(one.fpr95)]),
    notes: [note],
  }
}

function thresholdTable(rows: readonly { asked: number; knownRejected: number; unknownRejected: number }[]): Table {
  return {
    title: 'None of these: predict --reject, threshold from held-out training images',
    columns: ['false rejects asked for', 'known rejected', 'unknown rejected'],
    rows: rows.map((one) => [share(one.asked), share(one.knownRejected), share(one.unknownRejected)]),
    notes: [note],
  }
}
