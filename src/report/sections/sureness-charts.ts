import type { RiskAtCoverage } from '../../evaluation/confidence.js'
import type { Chart } from '../chart.js'
import type { SurenessBin } from '../view/sureness.js'

/** Pixels at full size; the charts shrink with the page. */
const size = { width: 460, height: 340, marginLeft: 52, marginRight: 16, marginBottom: 46, marginTop: 26 }
const span = String(size.width - size.marginLeft - size.marginRight)
const whole = (share: number) => `${Math.round(100 * share)} %`
const shares = { domain: [0, 1], tickFormat: whole, ticks: 5 }

/** @param bins with answers */
export function reliabilityChart(bins: readonly SurenessBin[]): Chart {
  return {
    name: 'Probability that the classifier gives, against how often it is right, with the line where both agree',
    draw: (plot) => ({
      ...size,
      x: { ...shares, label: 'the classifier says →' },
      y: { ...shares, label: '↑ it is right', grid: true },
      r: { range: [2.5, 8] },
      marks: [
        plot.line(
          [
            [0, 0],
            [1, 1],
          ],
          { stroke: 'var(--faint)', strokeDasharray: '4 4' },
        ),
        plot.ruleX(bins, {
          x: 'said',
          y1: ({ happened }: SurenessBin) => happened!.low,
          y2: ({ happened }: SurenessBin) => happened!.high,
          stroke: 'var(--c0)',
          strokeOpacity: 0.6,
        }),
        plot.dot(bins, {
          x: 'said',
          y: ({ right, wrong }: SurenessBin) => right / (right + wrong),
          r: ({ right, wrong }: SurenessBin) => right + wrong,
          fill: 'var(--c0)',
        }),
      ],
    }),
  }
}

export function histogramChart(bins: readonly SurenessBin[]): Chart {
  const bar = { x1: 'low', x2: 'high', insetLeft: 0.5, insetRight: 0.5 }
  return {
    name: 'Number of right and of wrong answers by probability',
    draw: (plot) => ({
      ...size,
      x: { ...shares, label: 'probability of the answer →' },
      y: {
        label: '↑ right, ↓ wrong answers',
        grid: true,
        ticks: 6,
        tickFormat: (count: number) => `${Math.abs(count)}`,
      },
      marks: [
        plot.rectY(bins, { ...bar, y: 'right', fill: 'var(--right)' }),
        plot.rectY(bins, { ...bar, y: ({ wrong }: SurenessBin) => -wrong, fill: 'var(--wrong)' }),
        plot.ruleY([0], { stroke: 'currentColor' }),
        plot.ruleX([1], { className: 'marker-threshold', stroke: 'var(--accent)', strokeWidth: 2 }),
      ],
    }),
    attributes: { '.marker-threshold line': () => ({ 'data-span': span }) },
  }
}

export function coverageChart(points: readonly RiskAtCoverage[]): Chart {
  const highest = Math.max(0.02, ...points.map(({ risk }) => risk))
  return {
    name: 'Share of wrong answers among those that are believed, by the share that is believed',
    draw: (plot) => ({
      ...size,
      x: { ...shares, label: 'answers believed →' },
      y: {
        domain: [0, highest],
        label: '↑ wrong among them',
        grid: true,
        ticks: 5,
        tickFormat: (share: number) => `${Number((100 * share).toFixed(1))} %`,
      },
      marks: [
        plot.line(points, { x: 'coverage', y: 'risk', stroke: 'var(--wrong)', strokeWidth: 2 }),
        plot.ruleX([1], { className: 'marker-coverage', stroke: 'var(--accent)', strokeWidth: 2 }),
      ],
    }),
    attributes: { '.marker-coverage line': () => ({ 'data-span': span }) },
  }
}
