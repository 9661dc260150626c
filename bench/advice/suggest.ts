import { poolAnswers } from '../../src/advice/pool-answers.js'
import type { Pool } from '../../src/advice/pool.js'
import { plainRows } from '../../src/advice/plain-rows.js'
import { suggestImages } from '../../src/advice/suggest-images.js'
import type { IncrementFeatures } from '../../src/bundle/parts.js'
import { mean } from '../../src/evaluation/metrics.js'
import { pickedRows } from '../../src/features/feature-rows.js'
import type { FeatureTable } from '../../src/features/table.js'
import { vectorsOf } from '../../src/advice/vectors.js'
import type { AddedHead } from '../../src/head/added-head.js'
import { openMatrixProducts } from '../../src/head/ort-matrix-products.js'
import { createRandom } from '../../src/math/random.js'
import { newTestSet, oldTestSet, trainingIncrement } from '../accuracy/data.js'
import { figuresOf } from '../accuracy/figures.js'
import { judge } from '../accuracy/judge.js'
import type { Lab } from '../accuracy/lab.js'
import { meanWithInterval } from '../accuracy/mean-with-interval.js'
import { refitClassifier } from '../accuracy/methods/engine.js'
import type { Section } from '../accuracy/section.js'
import { rowsOfImages } from '../accuracy/tables.js'
import { interval, points, share, type Table } from '../shared/table.js'

/** By set: images that are labelled at random, and how many more are. */
const plans = [
  { set: 'flowers', first: 50, more: 50 },
  { set: 'flowers', first: 25, more: 75 },
  { set: 'flowers', first: 0, more: 100 },
  { set: 'materials', first: 60, more: 60 },
]

interface Comparison {
  readonly set: string
  readonly first: number
  readonly more: number
  /** Accuracy on the validation images, one entry a draw. */
  readonly start: readonly number[]
  readonly random: readonly number[]
  readonly suggested: readonly number[]
}

/**
 * Some images are labelled at random and trained on; then as many more are labelled again, at random or as suggested.
 * All are trained on together.
 */
export const suggest: Section = {
  name: 'suggest',
  async run(lab, { draws, say }) {
    const old = await oldTestSet(lab)
    const results: Comparison[] = []
    for (const { set, first, more } of plans) {
      const whole = await trainingIncrement(lab, set, 'separate')
      const images = plainRows(whole.table, Infinity, 0)
      const oldLogits = await oldLogitsOf(lab, images)
      const tests = { old, new: await newTestSet(lab, set) }
      const train = async (chosen: readonly number[], seed: number) => {
        const increments = [partOf(whole, chosen)]
        const { classify, refit } = await refitClassifier(increments, lab.rehearsal, lab.baseHead, { seed })
        return { heads: refit.heads, top1: figuresOf(await judge(lab, increments, classify, tests)).accuracy.new }
      }
      const start: number[] = []
      const random: number[] = []
      const suggested: number[] = []
      for (let draw = 0; draw < draws; draw++) {
        const order = createRandom(`labelled:${draw}`).shuffle([...Array(images.count).keys()])
        const labelled = order.slice(0, first)
        const rest = order.slice(first).sort((a, b) => a - b)
        const begun = first === 0 ? undefined : await train(labelled, draw)
        if (begun) start.push(begun.top1)
        random.push((await train([...labelled, ...order.slice(first, first + more)], draw)).top1)
        const chosen = await suggestFrom(images, rest, labelled, { heads: begun?.heads ?? [], oldLogits, more })
        suggested.push((await train([...labelled, ...chosen], draw)).top1)
      }
      results.push({ set, first, more, start, random, suggested })
      say(`suggest: ${set}, ${first} + ${more}: random ${share(mean(random))}, suggested ${share(mean(suggested))}`)
    }
    return { tables: [table(results, draws)], figures: { draws, results } }
  },
}

/** Which of the images without labels a classifier suggests. */
async function suggestFrom(
  { features }: FeatureTable,
  rest: readonly number[],
  labelled: readonly number[],
  { heads, oldLogits, more }: Begun,
): Promise<number[]> {
  const pool: Pool = {
    files: rest.map(String),
    features: pickedRows(features, rest),
    oldLogits: (image) => oldLogits(rest[image]!),
    unreadable: [],
    duplicates: 0,
  }
  const columns = heads.reduce((sum, head) => sum + head.columns, 0)
  const answers = await poolAnswers(pool, heads, new Array<undefined>(columns).fill(undefined))
  const unsureness = answers.map((answer) => answer.unsureness)
  const known = labelled.length === 0 ? undefined : pickedRows(features, labelled)
  const chosen = await suggestImages({ features: pool.features, unsureness, labelled: known }, more)
  return chosen.map((place) => rest[place]!)
}

interface Begun {
  readonly heads: readonly AddedHead[]
  readonly oldLogits: (image: number) => Float32Array
  readonly more: number
}

/** What the base model says of every image. */
async function oldLogitsOf({ baseHead }: Lab, { features, count }: FeatureTable): Promise<Begun['oldLogits']> {
  const { size, kernel, bias } = baseHead
  const { values } = vectorsOf(features, [...Array(count).keys()], size)
  await using products = await openMatrixProducts()
  const all = await products.multiplyTransposed(values, kernel, [count, size, bias.length])
  return (image) => all.subarray(image * bias.length, (image + 1) * bias.length).map((logit, c) => logit + bias[c]!)
}

/** An increment with some of its images, numbered anew. */
function partOf({ increment, table }: IncrementFeatures, images: readonly number[]): IncrementFeatures {
  const part = rowsOfImages(table, images)
  const numbers = new Map<number, number>()
  const image = part.image.map((one) => {
    if (!numbers.has(one)) numbers.set(one, numbers.size)
    return numbers.get(one)!
  })
  return { increment, table: { ...part, image } }
}

function table(results: readonly Comparison[], draws: number): Table {
  return {
    title: 'What to label next',
    columns: ['set', 'labelled first', 'then', 'before', 'random', 'suggested', 'suggested − random', 'better in'],
    rows: results.map(({ set, first, more, start, random, suggested }) => {
      const difference = suggested.map((one, draw) => one - random[draw]!)
      const { mean: by, halfWidth } = meanWithInterval(difference)
      return [
        set,
        `${first}`,
        `${more}`,
        first === 0 ? '–' : share(mean(start)),
        interval(meanWithInterval(random)),
        interval(meanWithInterval(suggested)),
        `${points(by)} ± ${points(halfWidth)}`,
        `${difference.filter((one) => one > 0).length} of ${draws}`,
      ]
    }),
    notes: [
      `Mean of ${draws} draws of the first and the random images, seeds 0 to ${draws - 1}, with 95 % confidence interval.`,
      'Accuracy on the validation images of the new classes, over all old and new classes.',
      'Where nothing is labelled first, the suggestion is the same in every draw: it comes from the base model alone.',
    ],
  }
}
