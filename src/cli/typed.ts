import { shellArgument } from './format.js'
import { kebabCase } from './kebab-case.js'

type Flag =
  | string
  | number
  | boolean
  | readonly string[]
  | readonly number[]
  | { readonly width: number; readonly height: number }
  | undefined

/**
 * A command as a person would type it.
 *
 * @param words behind the program's name
 */
export function typed(words: readonly string[], flags: Readonly<Record<string, Flag>>): string {
  const options = Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined || value === false) return []
    const option = `--${kebabCase(name)}`
    if (value === true) return [option]
    return valuesOf(value).flatMap((one) => [option, shellArgument(one)])
  })
  return ['extend', ...words.map(shellArgument), ...options].join(' ')
}

/** An option's values: those of a repeated one by themselves, numbers with commas between, a size as `299x299`. */
function valuesOf(value: Exclude<Flag, boolean | undefined>): string[] {
  if (typeof value !== 'object') return [String(value)]
  if ('width' in value) return [`${value.width}x${value.height}`]
  return value.some((one) => typeof one === 'number') ? [value.join(',')] : value.map(String)
}

/** Where the rate goes that a report shows. */
export const rejectHint = 'Give it to "extend predict" as --reject.'
