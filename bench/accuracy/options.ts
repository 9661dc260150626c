import { parseArgs } from 'node:util'
import { sharedArgs, sharedOptions, type SharedOptions } from '../shared/options.js'

export interface AccuracyOptions extends SharedOptions {
  readonly draws: number
  readonly shots: readonly number[]
}

/** @throws Error naming the option that is wrong */
export function accuracyOptions(args: readonly string[], environment: NodeJS.ProcessEnv): AccuracyOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...sharedArgs,
      draws: { type: 'string', default: '10' },
      shots: { type: 'string', default: '1,2,5,10,20' },
    },
  })
  return {
    ...sharedOptions(values, environment),
    draws: count('draws', values.draws),
    shots: values.shots.split(',').map((text) => count('shots', text)),
  }
}

function count(name: string, text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} needs whole numbers above 0, not ${text}`)
  return number
}
