import type { Section } from '../section.js'
import { newTestSet, oldTestSet, trainingIncrement } from '../data.js'
import { figuresOf } from '../figures.js'
import { judge } from '../judge.js'
import { refitClassifier } from '../methods/engine.js'
import { trainedOnce } from '../trained-once.js'
import { training } from '../engine-defaults.js'
import { points, share, type Table } from '../../shared/table.js'

const names = ['flowers', 'textures', 'materials', 'cards']

/** What `--max-old-drop` may be, in points. */
const limits = [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5]

/** Beside the default prior, one at which the limit alone decides. */
const priors = [training.prior, 0.99]

interface Point {
  readonly set: string
  readonly prior: number
  /** The limit that is asked for, a fraction. */
  readonly maxOldDrop: number
  /** What old accuracy loses on the test images, a fraction. */
  readonly oldDrop: number
  readonly new: number
  readonly newAlone: number
  readonly harmonicMean: number
}

/** Old loss against new accuracy, over the whole range of `--max-old-drop`; each set added by itself. */
export const tradeoff: Section = {
  name: 'tradeoff',
  async run(lab, { say }) {
    const old = await oldTestSet(lab)
    const results: Point[] = []
    for (const set of names) {
      say(`tradeoff: ${set}`)
      const sets = { old, new: await newTestSet(lab, set) }
      const increments = [await trainingIncrement(lab, set, 'separate')]
      const method = trainedOnce()
      for (const prior of priors) {
        for (const limit of limits) {
          const options = { method, prior, maxOldDrop: limit / 100 }
          const { classify } = await refitClassifier(increments, lab.rehearsal, lab.baseHead, options)
          const { oldDrop, accuracy, ceiling, harmonicMean } = figuresOf(await judge(lab, increments, classify, sets))
          const figures = { oldDrop, new: accuracy.new, newAlone: ceiling.new, harmonicMean }
          results.push({ set, prior, maxOldDrop: limit / 100, ...figures })
        }
      }
    }
    return { tables: priors.map((prior) => table(prior, results)), figures: { results } }
  },
}

function table(prior: number, results: readonly Point[]): Table {
  const find = (set: string, limit: number) =>
    results.find((one) => one.set === set && one.prior === prior && one.maxOldDrop === limit / 100)!
  return {
    title: `Old loss against new accuracy, prior ${prior}`,
    columns: ['--max-old-drop', ...names.flatMap((name) => ['drop', name])],
    rows: [
      ...limits.map((limit) => [
        points(limit / 100),
        ...names.flatMap((name) => {
          const { oldDrop, new: top1 } = find(name, limit)
          return [points(oldDrop), share(top1)]
        }),
      ]),
      ['alone', ...names.flatMap((name) => ['', share(find(name, limits[0]!).newAlone)])],
    ],
    notes: [
      'Each set added by itself; old: imagenet-test, new: its val folder. The limit goes by held-out old images.',
    ],
  }
}
