import { shellArgument } from './format.js'
import { kebabCase } from './kebab-case.js'

/** A command as a person would type it. */
export function typed(
  command: string,
  argument: string,
  flags: Readonly<Record<string, string | boolean | undefined>>,
): string {
  const options = Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined || value === false) return []
    return value === true ? [`--${kebabCase(name)}`] : [`--${kebabCase(name)}`, shellArgument(value)]
  })
  return ['extend', command, shellArgument(argument), ...options].join(' ')
}
