import { parseArgs } from 'node:util'
import { sharedArgs, sharedOptions, type SharedOptions } from '../shared/options.js'

export interface SpeedOptions extends SharedOptions {
  /** End with one line of JSON. */
  readonly json: boolean
}

/** @throws TypeError naming the option that is wrong */
export function speedOptions(args: readonly string[], environment: NodeJS.ProcessEnv): SpeedOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { ...sharedArgs, json: { type: 'boolean', default: false } },
  })
  return { ...sharedOptions(values, environment), json: values.json }
}
