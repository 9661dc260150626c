import { Option } from 'commander'
import type { Device } from '../../workflow/model-options.js'

/** Makes `--device`. */
export function deviceOption(): Option {
  return new Option('--device <device>', 'where to run; auto takes CUDA where it can be loaded').choices([
    'auto',
    'cpu',
    'cuda',
  ] satisfies Device[])
}

/** Makes `--model` for commands that read. */
export function modelOption(what: string): Option {
  return new Option('--model <model>', `${what} (default: ./extended)`)
}

/** The examples at the end of a help text: pairs of a command line and what it does. */
export function examples(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([line]) => line.length))
  return `\nExamples:\n${pairs.map(([line, meaning]) => `  ${line.padEnd(width)}  ${meaning}`).join('\n')}\n`
}
