import { logSumExp } from '../../../src/math/softmax.js'
import type { JointAnswers } from '../answers.js'
import { newTestSet, oldTestSet, trainingIncrement } from '../data.js'
import { auroc, falsePositiveRate, shareOf } from '../../../src/evaluation/metrics.js'
import { standoutOf } from '../../../src/features/standout.js'
import { refitClassifier } from '../methods/engine.js'
import type { Section } from '../section.js'
import { share, type Table } from '../../shared/table.js'
import { rejecter, type Sureness } from '../../../src/calibration/reject.js'

/** What `predict --reject` goes by. */
const engineScore = "how far the largest logit stands out (the engine's)"

/** False-reject rates that thresholds are set for. */
const rates = [0.01, 0.05, 0.1]

/** How sure an answer is, by the joint logits of one image, the old ones first: larger is surer. */
type Score = (logits: Float32Array, oldClasses: number) => number

const largest = (logits: Float32Array) => logits.reduce((a, b) => Math.max(a, b))
const largestProbability = (logits: Float32Array) => Math.exp(largest(logits) - logSumExp(logits))

const scores: Readonly<Record<string, Score>> = {
  [engineScore]: (logits, oldClasses) => standoutOf(logits, oldClasses)!,
  'largest probability': largestProbability,
  energy: (logits) => logSumExp(logits),
  'largest logit': largest,
}

/** Sets of images that show no known class. */
const strangers: Readonly<Record<string, readonly string[]>> = {
  'textures and materials': ['textures', 'materials'],
  cards: ['cards'],
}

/** Telling images of no known class from images of known ones, with flowers added. */
export const reject: Section = {
  name: 'reject',
  async run(lab, { say }) {
    say('reject')
    const increments = [await trainingIncrement(lab, 'flowers', 'separate')]
    const { classify, refit } = await refitClassifier(increments, lab.rehearsal, lab.baseHead)
    const oldClasses = lab.backbone.classes.length
    const logitsOf = async (names: readonly string[]) =>
      (await Promise.all(names.map(async (name) => classify(await newTestSet(lab, name))))).flatMap(rowsOf)
    const known = [...rowsOf(await classify(await oldTestSet(lab))), ...(await logitsOf(['flowers']))]
    const figures = []
    const thresholds = []
    for (const [name, sets] of Object.entries(strangers)) {
      const unknown = await logitsOf(sets)
      for (const [score, of] of Object.entries(scores)) {
        const [inside, outside] = [known, unknown].map((rows) => rows.map((logits) => of(logits, oldClasses)))
        const separation = { auroc: auroc(inside!, outside!), fpr95: falsePositiveRate(inside!, outside!) }
        figures.push({ unknown: name, score, ...separation, counts: [known.length, unknown.length] })
      }
      for (const asked of rates) {
        const isRejected = rejecter(refit, asked)
        const share = (rows: readonly Float32Array[]) => shareOf(rows, (row) => isRejected(surenessOf(row, oldClasses)))
        thresholds.push({ unknown: name, asked, knownRejected: share(known), unknownRejected: share(unknown) })
      }
    }
    return { tables: [separationTable(figures), thresholdTable(thresholds)], figures: { scores: figures, thresholds } }
  },
}

function rowsOf({ logits, width, count }: JointAnswers): Float32Array[] {
  return Array.from({ length: count }, (_, row) => logits.subarray(row * width, (row + 1) * width))
}

function surenessOf(logits: Float32Array, oldClasses: number): Sureness {
  return { confidence: largestProbability(logits), standout: standoutOf(logits, oldClasses) }
}

const note = 'Known: imagenet-test and flowers/val; unknown: the val sets named; flowers added.'

function separationTable(rows: readonly { unknown: string; score: string; auroc: number; fpr95: number }[]): Table {
  return {
    title: 'None of these: images of no known class told from known ones',
    columns: ['unknown', 'score', 'AUROC', 'FPR@95'],
    rows: rows.map((one) => [one.unknown, one.score, share(one.auroc), share(one.fpr95)]),
    notes: [note],
  }
}

function thresholdTable(
  rows: readonly { unknown: string; asked: number; knownRejected: number; unknownRejected: number }[],
): Table {
  return {
    title: 'None of these: predict --reject, threshold from held-out training images',
    columns: ['unknown', 'false rejects asked for', 'known rejected', 'unknown rejected'],
    rows: rows.map((one) => [one.unknown, share(one.asked), share(one.knownRejected), share(one.unknownRejected)]),
    notes: [note],
  }
}
