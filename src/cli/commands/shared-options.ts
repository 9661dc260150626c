import { Option, type Command } from 'commander'
import type { Device } from '../../classifier/model-options.js'
import { explanations } from '../help.js'

/** Makes `--device`. */
export function deviceOption(): Option {
  return new Option('--device <device>', 'where to run; auto takes CUDA where it can be loaded').choices([
    'auto',
    'cpu',
    'cuda',
  ] satisfies Device[])
}

/** Makes `--model` for commands that only read. */
export function modelOption(what: string): Option {
  return new Option('--model <model>', `${what} (default: ./extended)`)
}

/** Formats the examples at the end of a help text: pairs of a command line and its effect. */
export function examples(
  pairs: readonly (readonly [string, string])[],
): (context: { readonly command: Command }) => string {
  return ({ command }) => `\nExamples:\n${explanations(pairs, command.configureOutput().getOutHelpWidth!())}\n`
}
