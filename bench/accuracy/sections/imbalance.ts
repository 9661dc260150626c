import { jointColumns } from '../answers.js'
import { newTestSet, oldTestSet } from '../data.js'
import { draw, drawable } from '../drawn.js'
import { figuresOf } from '../figures.js'
import { judge } from '../judge.js'
import { engine } from '../methods/engine.js'
import { baselines } from '../methods/baselines.js'
import { mean } from '../../../src/evaluation/metrics.js'
import type { Section } from '../section.js'
import { share } from '../../shared/table.js'
import { selectTestRows } from '../tables.js'
import { argMax } from '../../../src/math/softmax.js'

/** Images of the one class that has few. */
const few = 10

interface Result {
  readonly method: string
  /** The class that has few. */
  readonly scarce: string
  readonly old: number
  readonly new: number
  readonly harmonicMean: number
  readonly scarceAccuracy: number
}

/** One class with few images, the others with all; every class in turn. */
export const imbalance: Section = {
  name: 'imbalance',
  async run(lab, { say }) {
    const sets = { old: await oldTestSet(lab), new: await newTestSet(lab, 'flowers') }
    const whole = await drawable(lab, 'flowers')
    const { classes } = whole.increment
    const columns = jointColumns(classes.length, new Map(), lab.backbone.classes.length)
    const results: Result[] = []
    for (const method of [engine, ...baselines]) {
      for (const [scarce, { folder }] of classes.entries()) {
        say(`imbalance: ${method.name}, few images of ${folder}`)
        const increments = [await draw(lab, whole, (label) => (label === scarce ? few : Infinity), 0)]
        const task = { increments, rehearsal: lab.rehearsal, baseHead: lab.baseHead, seed: 0 }
        const classify = await method.train(task)
        const { accuracy, harmonicMean } = figuresOf(await judge(lab, increments, classify, sets))
        const ofScarce = selectTestRows(sets.new, (row) => sets.new.label[row] === scarce)
        const { logits, width, count } = await classify(ofScarce)
        const right = Array.from({ length: count }, (_, row) => argMax(logits, row * width, width) === columns[scarce])
        const ownAccuracy = mean(right.map(Number))
        results.push({
          method: method.name,
          scarce: folder,
          old: accuracy.old,
          new: accuracy.new,
          harmonicMean,
          scarceAccuracy: ownAccuracy,
        })
      }
    }
    const rows = [engine, ...baselines].map(({ name }) => {
      const own = results.filter(({ method }) => method === name)
      const average = (figure: 'old' | 'new' | 'harmonicMean' | 'scarceAccuracy') =>
        share(mean(own.map((one) => one[figure])))
      return [name, average('old'), average('new'), average('scarceAccuracy'), average('harmonicMean')]
    })
    const table = {
      title: `Imbalance: one class with ${few} images, the others with all`,
      columns: ['method', 'old', 'new', 'scarce class', 'H'],
      rows,
      notes: ['Every class of flowers/train in turn is the scarce one; the mean of them.'],
    }
    return { tables: [table], figures: results }
  },
}
