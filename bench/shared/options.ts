import type { ParseArgsConfig } from 'node:util'
import { usualCacheDir } from './cache-dir.js'

/** What benchmarks of several sections can be told. */
export interface SharedOptions {
  /** Folder of the data sets. */
  readonly data: string
  readonly cacheDir: string
  /** Where reports go. */
  readonly out: string
  /** Names of the sections to run; `undefined` for all. */
  readonly only: readonly string[] | undefined
}

/** The same for `parseArgs`. */
export const sharedArgs = {
  data: { type: 'string', default: '../shared/data' },
  'cache-dir': { type: 'string' },
  out: { type: 'string', default: 'bench/results' },
  only: { type: 'string' },
} as const satisfies ParseArgsConfig['options']

export function sharedOptions(
  values: {
    readonly data: string
    readonly 'cache-dir'?: string | undefined
    readonly out: string
    readonly only?: string | undefined
  },
  environment: NodeJS.ProcessEnv,
): SharedOptions {
  return {
    data: values.data,
    cacheDir: values['cache-dir'] ?? usualCacheDir(environment),
    out: values.out,
    only: values.only?.split(','),
  }
}
