import { beforeAll, expect, test } from '@jest/globals'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { classChart } from '../../src/report/advice/classes.js'
import { shiftChart } from '../../src/report/advice/shift.js'
import { openDrawing, type DrawChart } from '../../src/report/chart.js'
import { coverageChart, histogramChart, reliabilityChart } from '../../src/report/sections/sureness-charts.js'
import { learningChart, lossChart } from '../../src/report/sections/training.js'
import { sureness } from '../../src/report/view/sureness.js'
import { madeUpAdvice } from './advice/made-up.js'
import { madeUpRecords, names } from './records.js'

/** The committed drawings; UPDATE_CHARTS=1 draws them anew, to be looked at before they are committed. */
const folder = resolve('test/report/charts')
const view = sureness(madeUpRecords(names(60)))
const filled = view.bins.filter(({ said }) => said !== null)
const learned = [5, 10, 20, 40].map((images, i) => ({
  images,
  top1: 0.6 + i / 10,
  low: 0.5 + i / 10,
  high: 0.7 + i / 10,
  forecast: i > 1,
}))
const advice = madeUpAdvice('folder', names(6), names(2))
const losses = [1, 3, 10].map((regularisation, i) => ({ regularisation, loss: [0.5, 0.25, 0.4][i]! }))
const charts = {
  reliability: reliabilityChart(filled),
  histogram: histogramChart(view.bins),
  coverage: coverageChart(view.trusted),
  learning: learningChart(learned),
  loss: lossChart(losses, 3),
  classes: classChart(advice.classes),
  shift: shiftChart(advice.shift!),
}

let draw: DrawChart

beforeAll(async () => {
  draw = await openDrawing()
})

test.each(Object.entries(charts))('%s is drawn as the committed picture', (name, chart) => {
  const { text } = draw(chart)
  const file = join(folder, `${name}.svg`)
  if (process.env.UPDATE_CHARTS !== undefined) writeFileSync(file, `${text}\n`)
  expect(`${text}\n`).toBe(readFileSync(file, 'utf8'))
})

test('dots lie where their figures are, with hundredths of a pixel', () => {
  const { text } = draw(charts.reliability)
  const dots = [...text.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)])
  // The chart is 460 by 340, with margins of 52, 16, 46 and 26. Plot draws large dots first.
  const expected = filled.map(({ said, right, wrong }) => [
    52 + said! * (460 - 52 - 16),
    340 - 46 - (right / (right + wrong)) * (340 - 46 - 26),
  ])
  const byPlace = (a: number[], b: number[]) => a[0]! - b[0]!
  expect(dots).toHaveLength(expected.length)
  dots.sort(byPlace).forEach(([x, y], i) => {
    const [wantedX, wantedY] = expected.sort(byPlace)[i]!
    expect(x).toBeCloseTo(wantedX!, 1)
    expect(y).toBeCloseTo(wantedY!, 1)
  })
  expect(text).not.toMatch(/\d\.\d{3}/)
})

test('shows no character of a name that turns the direction of writing', () => {
  const { text } = draw(classChart([{ ...advice.classes[0]!, label: 'rose\u202egpj' }]))
  expect(text).toContain('rose\ufffdgpj')
})

test('is one picture with a name to a screen reader, and brings no style of its own', () => {
  const { text } = draw(charts.histogram)
  expect(text).toMatch(/^<svg [^>]*role="img" aria-label="Number of right and of wrong answers by probability"/)
  expect(text.match(/aria-/g)).toHaveLength(1)
  expect(text).not.toContain('<style')
})
