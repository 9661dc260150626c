import type { Figures } from './figures.js'
import { mean } from '../../src/evaluation/metrics.js'

/** The mean of every figure; for runs whose test sets are equally large. */
export function averageFigures(all: readonly Figures[]): Figures {
  return average(all) as Figures
}

function average(values: readonly unknown[]): unknown {
  const [first] = values
  if (typeof first === 'number') return mean(values as number[])
  const objects = values as readonly Record<string, unknown>[]
  return Object.fromEntries(Object.keys(objects[0]!).map((key) => [key, average(objects.map((one) => one[key]))]))
}
