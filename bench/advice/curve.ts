import { learningCurveOf } from '../../src/advice/learning-curve.js'
import type { IncrementFeatures } from '../../src/bundle/parts.js'
import { newTestSet, oldTestSet, trainingIncrement } from '../accuracy/data.js'
import { figuresOf } from '../accuracy/figures.js'
import { judge } from '../accuracy/judge.js'
import type { Lab } from '../accuracy/lab.js'
import { engine } from '../accuracy/methods/engine.js'
import type { Section } from '../accuracy/section.js'
import { drawImages } from '../accuracy/tables.js'
import { mean } from '../../src/evaluation/metrics.js'
import { points, share, type Table } from '../shared/table.js'

/** Images a class to forecast from; every one is also trained on twice as many. */
const sizes = [10, 20, 40, 75]
const sets = ['flowers', 'textures', 'materials']

interface Forecast {
  readonly set: string
  readonly images: number
  readonly now: number
  readonly measuredNow: number
  readonly forecast: number
  readonly measured: number
  readonly gain: number
}

/**
 * The forecast for twice the images, from n images a class, against what heads trained on 2n (the same ones and as many
 * more) answer rightly of the validation images; the mean over the draws.
 */
export const curve: Section = {
  name: 'curve',
  async run(lab, { draws, say }) {
    const old = await oldTestSet(lab)
    const results: Forecast[] = []
    for (const set of sets) {
      const whole = await trainingIncrement(lab, set, 'separate')
      const tests = { old, new: await newTestSet(lab, set) }
      const fewest = Math.min(...whole.increment.classes.map(({ images }) => images))
      for (const images of sizes.filter((size) => 2 * size <= fewest)) {
        const seen: Omit<Forecast, 'set' | 'images'>[] = []
        for (let draw = 0; draw < draws; draw++) {
          const some = drawImages(whole, () => images, draw)
          const { table: added, increment } = some
          const classes = increment.classes.length
          const curve = await learningCurveOf({ added, classes, rehearsal: lab.rehearsal }, { seed: draw })
          const twice = [drawImages(whole, () => 2 * images, draw)]
          seen.push({
            now: curve!.expected.top1,
            measuredNow: await accuracyOf(lab, [some], tests, draw),
            forecast: curve!.points.at(-1)!.top1,
            gain: curve!.gain,
            measured: await accuracyOf(lab, twice, tests, draw),
          })
        }
        const average = (of: (one: (typeof seen)[number]) => number) => mean(seen.map(of))
        results.push({
          set,
          images,
          now: average((one) => one.now),
          measuredNow: average((one) => one.measuredNow),
          forecast: average((one) => one.forecast),
          measured: average((one) => one.measured),
          gain: average((one) => one.gain),
        })
        const { forecast, measured } = results.at(-1)!
        say(`curve: ${set}, ${images} a class: forecast ${share(forecast)}, measured ${share(measured)}`)
      }
    }
    return { tables: [table(results, draws)], figures: { draws, results } }
  },
}

async function accuracyOf(
  lab: Lab,
  increments: readonly IncrementFeatures[],
  tests: Parameters<typeof judge>[3],
  seed: number,
): Promise<number> {
  const classify = await engine.train({ increments, rehearsal: lab.rehearsal, baseHead: lab.baseHead, seed })
  return figuresOf(await judge(lab, increments, classify, tests)).accuracy.new
}

function table(results: readonly Forecast[], draws: number): Table {
  return {
    title: 'Learning curve: what twice the images bring',
    columns: [
      'set',
      'images a class',
      'expected at n',
      'measured at n',
      'forecast for 2n',
      'measured at 2n',
      'error',
      'gain forecast',
      'gain measured',
      'error of gain',
    ],
    rows: results.map(({ set, images, now, measuredNow, forecast, measured, gain }) => [
      set,
      `${images}`,
      share(now),
      share(measuredNow),
      share(forecast),
      share(measured),
      points(forecast - measured),
      points(gain),
      points(measured - measuredNow),
      points(gain - (measured - measuredNow)),
    ]),
    notes: [
      `Mean of ${draws} draws from the training images, seeds 0 to ${draws - 1}.`,
      'Accuracy on the validation images of the new classes, over all old and new classes.',
    ],
  }
}
