import { parseArgs } from 'node:util'
import { usualCacheDir } from '../shared/cache-dir.js'

export interface SpeedOptions {
  /** Folder of the data sets. */
  readonly data: string
  readonly cacheDir: string
  /** Where reports go. */
  readonly out: string
  /** Names of the sections to run; `undefined` for all. */
  readonly only: readonly string[] | undefined
  /** End with one line of JSON. */
  readonly json: boolean
}

/** @throws TypeError naming the option that is wrong */
export function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv): SpeedOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string', default: '../shared/data' },
      'cache-dir': { type: 'string' },
      out: { type: 'string', default: 'bench/results' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  return {
    data: values.data,
    cacheDir: values['cache-dir'] ?? usualCacheDir(environment),
    out: values.out,
    only: values.only?.split(','),
    json: values.json,
  }
}
