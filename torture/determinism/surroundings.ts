import { readFileSync } from 'node:fs'
import { createRandom } from '../../src/math/random.js'

/** All that must make no difference to what is written. */
export interface Surroundings {
  /** Whether the program may use one core alone: ONNX Runtime and sharp then start fewer threads. */
  readonly oneCore: boolean
  /** Threads that decode. */
  readonly decoders: number
  readonly locale: string
  readonly timeZone: string
  /** Seed of the order in which the files of the pictures are made, which is the order of some file systems. */
  readonly order: string
  /** Where pictures and bundle lie. */
  readonly folder: 'disk' | 'memory'
  readonly paths: 'absolute' | 'relative'
  /** Which features are in the cache before: none, those of some pictures, those of all. */
  readonly cache: 'cold' | 'partial' | 'warm'
  /** Where the standard error stream leads. */
  readonly output: 'pipe' | 'quiet' | 'terminal'
  /** Path of the Node that runs the program. */
  readonly node: string
}

/** The surroundings that others are compared with. */
export const usual: Surroundings = {
  oneCore: false,
  decoders: 4,
  locale: 'C.UTF-8',
  timeZone: 'UTC',
  order: 'usual',
  folder: 'disk',
  paths: 'absolute',
  cache: 'cold',
  output: 'quiet',
  node: process.execPath,
}

/**
 * Draws surroundings by a seed.
 *
 * @param nodes paths of the versions of Node to choose from
 */
export function drawSurroundings(seed: string, nodes: readonly string[]): Surroundings {
  const random = createRandom(`surroundings ${seed}`)
  const oneOf = <T>(values: readonly T[]): T => values[random.integer(values.length)]!
  return {
    oneCore: oneOf([false, true]),
    decoders: oneOf([1, 2, 4, 16]),
    // ICU's data come with Node: these need not be installed.
    locale: oneOf(['C', 'C.UTF-8', 'tr_TR.UTF-8', 'de_DE.UTF-8', 'sv_SE.UTF-8', 'ar_EG.UTF-8', 'ja_JP.UTF-8']),
    timeZone: oneOf(['UTC', 'America/St_Johns', 'Pacific/Kiritimati', 'Asia/Kathmandu']),
    order: seed,
    folder: oneOf(['disk', 'memory']),
    paths: oneOf(['absolute', 'relative']),
    cache: oneOf(['cold', 'partial', 'warm']),
    output: oneOf(['pipe', 'quiet', 'terminal']),
    node: oneOf(nodes),
  }
}

/** What is set for a program in these surroundings, beside what is set anyway. */
export function variablesOf({ decoders, locale, timeZone }: Surroundings): Record<string, string> {
  return { UV_THREADPOOL_SIZE: `${decoders}`, LANG: locale, LC_ALL: locale, LANGUAGE: locale, TZ: timeZone }
}

/** What is put in front of a command that runs in these surroundings. */
export function prefixOf({ oneCore }: Surroundings): string[] {
  return oneCore ? ['taskset', '-c', firstCore()] : []
}

/** A core that this process may use. */
function firstCore(): string {
  const [, allowed = '0'] = /^Cpus_allowed_list:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return allowed
}
