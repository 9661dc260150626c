import { learningCurveOf } from '../../src/advice/learning-curve.js'
import type { IncrementFeatures } from '../../src/bundle/parts.js'
import { newTestSet, oldTestSet, trainingIncrement } from '../accuracy/data.js'
import { figuresOf } from '../accuracy/figures.js'
import { judge } from '../accuracy/judge.js'
import type { Lab } from '../accuracy/lab.js'
import { refitClassifier } from '../accuracy/methods/engine.js'
import type { Section } from '../accuracy/section.js'
import { drawImages, rowsOfImages, shuffledImages } from '../accuracy/tables.js'
import { allLayers, firstRows, pickRows, type FeatureTable } from '../../src/features/table.js'
import { floatSource } from '../../src/head/feature-source.js'
import { joinHeads } from '../../src/head/join-heads.js'
import { argMax } from '../../src/math/softmax.js'
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
  /** On the training images that were not drawn: more of those that the forecast was made from. */
  readonly measuredOnOthers: number
  readonly gain: number
}

/**
 * The forecast for twice the images, from n images a class, against what heads trained on 2n (the same ones and as many
 * more) answer rightly of the validation images, and of the training images that are left; the mean over the draws.
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
          const others = [...shuffledImages(whole.table, draw).values()].flatMap((own) => own.slice(2 * images))
          const measure = (trained: IncrementFeatures) =>
            accuracyOf(lab, trained, tests, rowsOfImages(whole.table, others), draw)
          const twice = await measure(drawImages(whole, () => 2 * images, draw))
          seen.push({
            now: curve!.expected.top1,
            measuredNow: (await measure(some)).test,
            forecast: curve!.points.at(-1)!.top1,
            gain: curve!.gain,
            measured: twice.test,
            measuredOnOthers: twice.others,
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
          measuredOnOthers: average((one) => one.measuredOnOthers),
          gain: average((one) => one.gain),
        })
        const { forecast, measured } = results.at(-1)!
        say(`curve: ${set}, ${images} a class: forecast ${share(forecast)}, measured ${share(measured)}`)
      }
    }
    return { tables: [table(results, draws)], figures: { draws, results } }
  },
}

/** Trains on some images; the accuracy on the test images, and on other training images. */
async function accuracyOf(
  lab: Lab,
  trained: IncrementFeatures,
  tests: Parameters<typeof judge>[3],
  others: FeatureTable,
  seed: number,
): Promise<{ readonly test: number; readonly others: number }> {
  const { classify, refit } = await refitClassifier([trained], lab.rehearsal, lab.baseHead, { seed })
  const plain = pickRows(others, firstRows(others))
  const logits = await joinHeads(refit.heads).score(floatSource(allLayers(plain)))
  const k = trained.increment.classes.length
  const right = Array.from(plain.label).filter((label, row) => {
    const own = logits.subarray(row * k, (row + 1) * k)
    return argMax(own) === label && own[label]! > plain.oldBest[row]!
  }).length
  return {
    test: figuresOf(await judge(lab, [trained], classify, tests)).accuracy.new,
    others: right / plain.count,
  }
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
      'on other training images',
      'error',
      'gain forecast',
      'gain measured',
      'error of gain',
    ],
    rows: results.map(({ set, images, now, measuredNow, forecast, measured, measuredOnOthers, gain }) => [
      set,
      `${images}`,
      share(now),
      share(measuredNow),
      share(forecast),
      share(measured),
      points(forecast - measured),
      share(measuredOnOthers),
      points(forecast - measuredOnOthers),
      points(gain),
      points(measured - measuredNow),
      points(gain - (measured - measuredNow)),
    ]),
    notes: [
      `Mean of ${draws} draws from the training images, seeds 0 to ${draws - 1}.`,
      'Accuracy on the validation images of the new classes, over all old and new classes; likewise on the training images that were not drawn.',
    ],
  }
}
