import type { LearningCurvePoint } from '../../advice/curve-from-answers.js'
import { figure, type Chart, type DrawChart } from '../chart.js'
import { html, type Content } from '../html.js'
import { bar, percent, table } from '../table.js'
import { choicesPart, hasChoices, type ChoicesView } from './choices.js'

/** Pixels at full size; the charts shrink with the page. */
const size = { width: 460, height: 300, marginLeft: 56, marginBottom: 46, marginTop: 26 }

/** What training saw. */
export interface TrainingView {
  /** Mean held-out loss for each regularisation ρ that was tried, in nats, and the one that was taken. */
  readonly losses: readonly { readonly regularisation: number; readonly loss: number }[]
  readonly regularisation: number
  /** Accuracy by images a class, forecasts last. @default none */
  readonly learningCurve?: readonly LearningCurvePoint[] | undefined
  /** @default nothing was chosen */
  readonly choices?: ChoicesView | undefined
}

/** Whether there is anything to show. */
export function hasMore({ losses, learningCurve, choices }: TrainingView): boolean {
  return losses.length > 1 || learningCurve !== undefined || (choices !== undefined && hasChoices(choices))
}

export function trainingSection(
  { losses, regularisation, learningCurve = [], choices }: TrainingView,
  draw: DrawChart,
): Content {
  return html`${choices && choicesPart(choices)} ${losses.length > 1 && lossFigure(losses, regularisation, draw)}
  ${learningCurve.length > 1 && learningFigure(learningCurve, draw)}`
}

export function lossChart(losses: TrainingView['losses'], regularisation: number): Chart {
  return {
    name: 'Error on images left out, by how strictly the head was kept simple',
    draw: (plot) => ({
      ...size,
      x: {
        type: 'log',
        label: 'regularisation ρ →',
        ticks: losses.map((one) => one.regularisation),
        tickFormat: String,
      },
      y: { label: '↑ held-out loss (nats)', grid: true, nice: true, zero: true, ticks: 5 },
      marks: [
        plot.line(losses, { x: 'regularisation', y: 'loss', stroke: 'var(--c0)' }),
        plot.dot(losses, {
          x: 'regularisation',
          y: 'loss',
          r: 5,
          fill: (one: { regularisation: number }) =>
            one.regularisation === regularisation ? 'var(--c1)' : 'var(--c0)',
        }),
      ],
      color: { type: 'identity' },
    }),
  }
}

function lossFigure(losses: TrainingView['losses'], regularisation: number, draw: DrawChart) {
  return figure(
    draw(lossChart(losses, regularisation)),
    html`<h3>How closely to follow the photographs</h3>
      <p>
        A head that follows its photographs too closely learns them by heart; one that is kept too simple misses what
        matters. Both were tried on photographs left out of training, and the one with the lower error (ρ =
        ${regularisation}) was taken.
      </p>`,
    table(
      'Held-out loss by regularisation',
      [
        { title: 'ρ', value: (one) => one.regularisation },
        { title: 'Held-out loss (nats)', value: ({ loss }) => loss, show: ({ loss }) => loss.toFixed(4) },
      ],
      losses,
    ),
  )
}

export function learningChart(points: readonly LearningCurvePoint[]): Chart {
  const measured = points.filter(({ forecast }) => !forecast)
  // From the last measured one on.
  const forecasts = points.slice(Math.max(0, measured.length - 1))
  return {
    name: 'Share of right answers by photographs a class',
    draw: (plot) => ({
      ...size,
      x: {
        type: 'log',
        label: 'photographs a class →',
        ticks: points.map(({ images }) => images),
        tickFormat: rounded,
      },
      y: { label: '↑ right', grid: true, nice: true, ticks: 5, tickFormat: (share: number) => percent(share) },
      marks: [
        plot.areaY(points, { x: 'images', y1: 'low', y2: 'high', fill: 'var(--c0)', fillOpacity: 0.15 }),
        plot.line(measured, { x: 'images', y: 'top1', stroke: 'var(--c0)', strokeWidth: 2 }),
        plot.line(forecasts, {
          x: 'images',
          y: 'top1',
          stroke: 'var(--c0)',
          strokeWidth: 2,
          strokeDasharray: '5 4',
        }),
        plot.dot(points, {
          x: 'images',
          y: 'top1',
          r: 4,
          stroke: 'var(--c0)',
          strokeWidth: 2,
          fill: ({ forecast }: LearningCurvePoint) => (forecast ? 'var(--paper)' : 'var(--c0)'),
        }),
      ],
      color: { type: 'identity' },
    }),
  }
}

/** Accuracy against images a class, for any report that knows it. */
export function learningFigure(points: readonly LearningCurvePoint[], draw: DrawChart) {
  return figure(
    draw(learningChart(points)),
    html`<h3>Would more photographs help?</h3>
      <p>
        Softmax heads that were trained with fewer photographs of each class, and what is to be expected of all of them
        and of twice as many (hollow dots). Where the curve still rises at its right end, more photographs bring more;
        where it is flat, they do not. The band is the 95 % range of the accuracy itself; a test of few photographs
        scatters more.
      </p>`,
    table(
      'Share of right answers by photographs a class',
      [
        { title: 'Photographs a class', value: ({ images }) => images, show: ({ images }) => rounded(images) },
        { title: 'Right', value: ({ top1 }) => top1, show: ({ top1 }) => bar(top1) },
        { title: 'Range', value: ({ low, high }) => `${percent(low)} to ${percent(high)}` },
        { title: 'Known by', value: ({ forecast }) => (forecast ? 'forecast' : 'measuring') },
      ],
      points,
    ),
  )
}

function rounded(images: number): string {
  return String(Math.round(images))
}
