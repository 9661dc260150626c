import type { Chart } from './chart.js'
import { plain } from './html.js'

/** A named number, and how it is written behind its bar. */
export interface Bar {
  readonly name: string
  readonly value: number
  readonly text: string
  readonly colour: string
}

export interface BarChartLayout {
  /** The chart's accessible name. */
  readonly name: string
  /** What the bars measure. */
  readonly axis: string
  /** Pixels for the bars' names. */
  readonly margin: number
  /** Pixels from bar to bar, and between two. */
  readonly pitch: number
  readonly gap: number
  /** Longest name that the margin has room for, in characters. */
  readonly longest: number
}

/** Horizontal bars, from top to bottom as given. */
export function barChart(bars: readonly Bar[], { name, axis, margin, pitch, gap, longest }: BarChartLayout): Chart {
  return {
    name,
    draw: (plot) => ({
      width: 560,
      height: 60 + pitch * bars.length,
      marginLeft: margin,
      marginRight: 40,
      marginBottom: 40,
      x: { label: `${axis} →`, grid: true, ticks: 5, nice: true, zero: true },
      y: {
        label: null,
        domain: bars.map((one) => one.name),
        tickFormat: (text: string) => shortened(plain(text), longest),
        tickSize: 0,
      },
      marks: [
        plot.barX(bars, { x: 'value', y: 'name', fill: 'colour', insetTop: gap / 2, insetBottom: gap / 2 }),
        plot.text(bars, { x: 'value', y: 'name', text: 'text', textAnchor: 'start', dx: 4, fill: 'currentColor' }),
      ],
      color: { type: 'identity' },
    }),
  }
}

function shortened(name: string, most: number): string {
  const characters = [...name]
  return characters.length <= most ? name : `${characters.slice(0, most - 1).join('')}…`
}
