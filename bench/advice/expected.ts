import { learningCurveOf } from '../../src/advice/learning-curve.js'
import { newTestSet, oldTestSet, trainingIncrement } from '../accuracy/data.js'
import { figuresOf } from '../accuracy/figures.js'
import { judge } from '../accuracy/judge.js'
import { engine } from '../accuracy/methods/engine.js'
import type { Section } from '../accuracy/section.js'
import { share, type Table } from '../shared/table.js'

const sets = ['flowers', 'textures', 'materials', 'cards']

interface Expected {
  readonly set: string
  readonly top1: number
  readonly low: number
  readonly high: number
  readonly measured: number
  readonly testImages: number
  readonly seconds: number
}

/** The accuracy to expect, from the training images alone, against that on the validation images. */
export const expected: Section = {
  name: 'expected',
  async run(lab, { say }) {
    const old = await oldTestSet(lab)
    const results: Expected[] = []
    for (const set of sets) {
      const whole = await trainingIncrement(lab, set, 'separate')
      const { table: added, increment } = whole
      const classes = increment.classes.length
      const tests = { old, new: await newTestSet(lab, set) }
      const testImages = tests.new.count
      const started = performance.now()
      const curve = await learningCurveOf({ added, classes, rehearsal: lab.rehearsal }, { testImages })
      const seconds = (performance.now() - started) / 1000
      const task = { increments: [whole], rehearsal: lab.rehearsal, baseHead: lab.baseHead, seed: 0 }
      const figures = figuresOf(await judge(lab, [whole], await engine.train(task), tests))
      results.push({ set, ...curve!.expected, measured: figures.accuracy.new, testImages, seconds })
      say(`expected: ${set}: ${share(curve!.expected.top1)}, measured ${share(figures.accuracy.new)}`)
    }
    return { tables: [table(results)], figures: { results } }
  },
}

function table(results: readonly Expected[]): Table {
  return {
    title: 'Accuracy to expect',
    columns: ['set', 'expected', '95 % interval', 'measured', 'inside', 'validation images', 'seconds'],
    rows: results.map(({ set, top1, low, high, measured, testImages, seconds }) => [
      set,
      share(top1),
      `${share(low)} to ${share(high)}`,
      share(measured),
      low <= measured && measured <= high ? 'yes' : 'no',
      `${testImages}`,
      seconds.toFixed(1),
    ]),
    notes: [
      'Expected: from the training images alone, for as many test images as the validation set has.',
      'Measured: on the validation images of the new classes, over all old and new classes, after training on all training images.',
    ],
  }
}
