import type { Command, Option } from 'commander'
import { NpluskError } from '../core/errors.js'
import { usageError } from './usage.js'

/**
 * Finds options whose value is missing, or is the next option: commander would accept it as a value.
 *
 * @returns the command whose help is requested in such a place, as in `extend --add --help`
 * @throws NpluskError `USAGE`
 */
export function checkOptionValues(program: Command, args: readonly string[]): Command | undefined {
  let command = program
  let operands = 0
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!
    if (word === '--') return undefined
    if (word === '')
      throw new NpluskError('USAGE', 'An argument is empty; look whether a variable of your shell is unset.')
    const [flag, value] = splitFlag(word)
    const option = command.options.find(({ long, short }) => long === flag || short === flag)
    if (option === undefined) {
      const sub = operands === 0 ? command.commands.find((one) => one.name() === word) : undefined
      if (sub) command = sub
      else if (!word.startsWith('-')) operands++
      continue
    }
    if (!option.required) continue
    const given = value ?? args[++i]
    // Names are checked where they are used.
    if (given === '' && option.long !== '--name')
      throw new NpluskError('USAGE', `The option ${flag} is empty; give it ${valueOf(option)}.`)
    if (given === undefined) throw usageError(`The option ${flag} needs ${valueOf(option)}: ${option.flags}`, command)
    if (value !== undefined) continue
    if (given === '--help' || given === '-h') return command
    if (/^--[a-z]/.test(given)) {
      throw usageError(`The option ${flag} needs ${valueOf(option)}, and the option ${given} follows it`, command)
    }
  }
  return undefined
}

/** Splits `--add=x` into `--add` and `x`. */
function splitFlag(word: string): [string, string | undefined] {
  const at = word.startsWith('--') ? word.indexOf('=') : -1
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)]
}

/** Kinds of option values, by placeholder: `--add <dir>`. */
function valueOf({ flags }: Option): string {
  const name = /<([^>.]+)/.exec(flags)?.[1] ?? 'value'
  if (name === 'dir') return 'a folder'
  return name === 'file' ? 'a file' : 'a value'
}
