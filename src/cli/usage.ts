import { CommanderError, InvalidArgumentError, type Command } from 'commander'
import { NpluskError } from '../core/errors.js'

/** Makes commander throw the library's errors; a request for help stays a CommanderError with exit code 0. */
export function throwUsageErrors(command: Command): void {
  command.exitOverride((error) => {
    if (error.exitCode === 0) throw error
    throw usageError(problemOf(error), command)
  })
  command.commands.forEach(throwUsageErrors)
}

export function usageError(problem: string, command: Command): NpluskError {
  return new NpluskError('USAGE', `${problem}; see "${pathOf(command)} --help".`)
}

/** For `parseArg`: an integer in a range. */
export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most) {
      const range = most === Number.MAX_SAFE_INTEGER ? `${least} on` : `${least} to ${most}`
      throw new InvalidArgumentError(`it must be a whole number from ${range}`)
    }
    return value
  }
}

/** For `parseArg`: `auto`, or an integer in a range. */
export function autoOr(least: number, most: number): (text: string) => number | 'auto' {
  return (text) => {
    if (text === 'auto') return text
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`it must be auto or a whole number from ${least} to ${most}`)
    }
    return value
  }
}

export const largestSeed = 2 ** 32 - 1

/** For `parseArg`: a fraction in [0, 1). */
export function fraction(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value < 1)) {
    throw new InvalidArgumentError('it must be a fraction below 1, such as 0.02')
  }
  return value
}

/** For `parseArg`: `auto`, `default`, or names of layers, with spaces around their commas as `inspect` prints them. */
export function layerList(text: string): 'auto' | 'default' | readonly string[] {
  if (text === 'auto' || text === 'default') return text
  const names = text.split(',').map((name) => name.trim())
  if (names.includes('')) throw new InvalidArgumentError('it must be auto, default or names with commas between them')
  return names
}

/** For `parseArg`: collects a repeated option. */
export function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value]
}

/** A command as it is typed: `extend models pull`. */
export function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()
}

/**
 * Turns commander's message, such as "error: unknown option '--jsno'\n(Did you mean --json?)", into the start of a
 * sentence.
 */
function problemOf({ message }: CommanderError): string {
  const text = message
    .replace(/^error: /, '')
    .replace(/\s*\(Did you mean (.*)\?\)$/s, ' (did you mean $1?)')
    .replace(/^command-argument value '(.*)' is invalid for argument '(.*?)'\. /s, "$2 '$1' is invalid. ")
    .replace(' is invalid. Allowed', ' is invalid: allowed')
    .replace(' is invalid. ', ' is invalid: ')
    .replace('. Expected', ': expected')
    .replace('. Allowed', ': allowed')
    .replace(/\.$/, '')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
