import { parseArgs } from 'node:util'
import { sectionNames } from './sections.js'

export const usage = `npm run torture -- [--only ${sectionNames.slice(0, 2).join(',')},…] [--count N] [--seed S] [--case REGEXP] [--json]
sections: ${sectionNames.join(', ')}`

/** What to try. */
export interface Arguments {
  /** Names of sections. */
  readonly only: readonly string[]
  /** How often, in every section; `undefined`: as often as each takes. */
  readonly count: number | undefined
  readonly seed: number
  readonly case: RegExp | undefined
  readonly json: boolean
  readonly help: boolean
}

/** @throws Error for what is not understood: a typing error must not pass for a run that found nothing */
export function parseArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      count: { type: 'string' },
      seed: { type: 'string', default: '1' },
      case: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const { json, help } = values
  return {
    only: values.only?.split(',') ?? sectionNames,
    count: values.count === undefined ? undefined : whole('--count', values.count, 1),
    seed: whole('--seed', values.seed, 0),
    case: values.case === undefined ? undefined : new RegExp(values.case),
    json,
    help,
  }
}

function whole(option: string, text: string, least: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value
  throw new Error(`${option} takes a whole number from ${least}, and not ${text}`)
}
