import { parseArgs } from 'node:util'
import { usualCacheDir } from '../shared/cache-dir.js'

export interface BenchOptions {
  /** Folder of the data sets. */
  readonly data: string
  readonly cacheDir: string
  /** Where reports go. */
  readonly out: string
  /** Names of the sections to run; `undefined` for all. */
  readonly only: readonly string[] | undefined
  readonly draws: number
  readonly shots: readonly number[]
}

/** @throws Error naming the option that is wrong */
export function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string', default: '../shared/data' },
      'cache-dir': { type: 'string' },
      out: { type: 'string', default: 'bench/results' },
      only: { type: 'string' },
      draws: { type: 'string', default: '10' },
      shots: { type: 'string', default: '1,2,5,10,20' },
    },
  })
  return {
    data: values.data,
    cacheDir: values['cache-dir'] ?? usualCacheDir(environment),
    out: values.out,
    only: values.only?.split(','),
    draws: count('draws', values.draws),
    shots: values.shots.split(',').map((text) => count('shots', text)),
  }
}

function count(name: string, text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} needs whole numbers above 0, not ${text}`)
  return number
}
