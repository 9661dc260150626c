import { logSumExp } from '../../../src/math/softmax.js'
import type { Answers } from '../answers.js'
import { newTestSet, oldTestSet, trainingIncrement } from '../data.js'
import { auroc, falsePositiveRate } from '../metrics.js'
import { refitClassifier } from '../methods/engine.js'
import type { Section } from '../section.js'
import { share } from '../table.js'

/** How sure an answer is, by the joint logits of one image: larger is surer. */
const scores: Readonly<Record<string, (logits: Float32Array, start: number, width: number) => number>> = {
  'largest probability': (logits, start, width) =>
    Math.exp(logits.subarray(start, start + width).reduce((a, b) => Math.max(a, b)) - logSumExp(logits, start, width)),
  'energy (logsumexp of all logits)': (logits, start, width) => logSumExp(logits, start, width),
  'largest logit': (logits, start, width) => logits.subarray(start, start + width).reduce((a, b) => Math.max(a, b)),
}

/** Telling images of no known class, textures and materials, from images of known ones, with flowers added. */
export const reject: Section = {
  name: 'reject',
  async run(lab, { say }) {
    say('reject')
    const increments = [await trainingIncrement(lab, 'flowers', 'separate')]
    const { classify } = await refitClassifier(increments, lab.rehearsal)
    const answers = async (names: readonly string[]) =>
      Promise.all(names.map(async (name) => classify(await newTestSet(lab, name))))
    const known = [await classify(await oldTestSet(lab)), ...(await answers(['flowers']))]
    const unknown = await answers(['textures', 'materials'])
    const figures = Object.entries(scores).map(([name, score]) => {
      const of = (sets: readonly Answers[]) =>
        sets.flatMap(({ logits, width, count }) =>
          Array.from({ length: count }, (_, row) => score(logits, row * width, width)),
        )
      const [inside, outside] = [of(known), of(unknown)]
      const counts = { known: inside.length, unknown: outside.length }
      return { score: name, ...counts, auroc: auroc(inside, outside), fpr95: falsePositiveRate(inside, outside) }
    })
    const table = {
      title: 'None of these: images of no known class told from known ones',
      columns: ['score', 'AUROC', 'FPR@95'],
      rows: figures.map((one) => [one.score, share(one.auroc), share(one.fpr95)]),
      notes: ['Known: imagenet-test and flowers/val; unknown: textures/val and materials/val; flowers added.'],
    }
    return { tables: [table], figures }
  },
}
