import { newTestSet, oldTestSet } from '../data.js'
import { draw as drawn, drawable } from '../drawn.js'
import { figuresOf } from '../figures.js'
import { judge } from '../judge.js'
import { meanWithInterval } from '../mean-with-interval.js'
import { baselines } from '../methods/baselines.js'
import { engine } from '../methods/engine.js'
import type { Section } from '../section.js'
import { interval, share, type Table } from '../../shared/table.js'

interface Shot {
  readonly shots: number
  readonly method: string
  /** One entry for each draw, which is its seed. */
  readonly old: number[]
  readonly new: number[]
  readonly harmonicMean: number[]
}

/**
 * A few images of every class: mean and 95 % confidence interval over seeded draws, the same draws for every method.
 */
export const fewshot: Section = {
  name: 'fewshot',
  async run(lab, { draws, shots, say }) {
    const sets = { old: await oldTestSet(lab), new: await newTestSet(lab, 'flowers') }
    const whole = await drawable(lab, 'flowers')
    const results: Shot[] = []
    for (const count of shots) {
      const rows = [engine, ...baselines].map(({ name }): Shot => ({
        shots: count,
        method: name,
        old: [],
        new: [],
        harmonicMean: [],
      }))
      for (let draw = 0; draw < draws; draw++) {
        say(`fewshot: ${count} a class, draw ${draw + 1} of ${draws}`)
        const increments = [await drawn(lab, whole, () => count, draw)]
        const task = { increments, rehearsal: lab.rehearsal, baseHead: lab.baseHead, seed: draw }
        for (const [m, method] of [engine, ...baselines].entries()) {
          const figures = figuresOf(await judge(lab, increments, await method.train(task), sets))
          rows[m]!.old.push(figures.accuracy.old)
          rows[m]!.new.push(figures.accuracy.new)
          rows[m]!.harmonicMean.push(figures.harmonicMean)
          say(
            `  ${method.name}: old ${share(figures.accuracy.old)}, new ${share(figures.accuracy.new)}, H ${share(figures.harmonicMean)}`,
          )
        }
      }
      results.push(...rows)
    }
    return { tables: shots.map((count) => table(count, draws, results)), figures: { draws, results } }
  },
}

function table(count: number, draws: number, results: readonly Shot[]): Table {
  return {
    title: `Few-shot: ${count} ${count === 1 ? 'image' : 'images'} a class`,
    columns: ['method', 'old', 'new', 'H'],
    rows: results
      .filter(({ shots }) => shots === count)
      .map((row) => [
        row.method,
        ...[row.old, row.new, row.harmonicMean].map((values) => interval(meanWithInterval(values))),
      ]),
    notes: [`Mean of ${draws} draws from flowers/train, seeds 0 to ${draws - 1}, with 95 % confidence interval.`],
  }
}
