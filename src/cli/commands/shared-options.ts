import { InvalidArgumentError, Option, type Command } from 'commander'
import { maxKeep } from '../../bundle/history/change-options.js'
import type { Device } from '../../classifier/model-options.js'
import type { Shard } from '../../features/shard.js'
import { explanations } from '../help.js'
import { integer } from '../usage.js'

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

/** Makes `--queue` for commands that send work. */
export function queueOption(): Option {
  return new Option('--queue <address>', 'leave the work to the workers of a Redis server, e.g. redis://host:6379')
}

/** Makes `--shard`. */
export function shardOption(): Option {
  return new Option('--shard <i/n>', 'the i-th of n parts of the images').argParser(shard)
}

/** Parses a shard: `1/4` to `4/4`. */
function shard(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  if (!(Number(index) >= 1 && Number(index) <= Number(count))) {
    throw new InvalidArgumentError('it must be a part and their number, such as 1/4 to 4/4')
  }
  return { index: Number(index), count: Number(count) }
}

/** Makes `--keep` for commands that change a bundle. */
export function keepOption(): Option {
  return new Option(
    '--keep <n>',
    'how many changes can be taken back; stays until told otherwise (default: 5)',
  ).argParser(integer(0, maxKeep))
}

/** Says which of the two a name is of, where it could be either. */
export interface KindFlags {
  readonly class?: boolean
  readonly increment?: boolean
}

/** Makes `--class`, which excludes `--increment`. */
export function classOption(): Option {
  return new Option('--class', 'the name is of a class').conflicts('increment')
}

/** Makes `--increment`. */
export function incrementOption(): Option {
  return new Option('--increment', 'the name is of an increment')
}

export function kindOf(flags: KindFlags): { kind?: 'class' | 'increment' } {
  if (flags.class) return { kind: 'class' }
  return flags.increment ? { kind: 'increment' } : {}
}

/** Where the rate goes that a report shows. */
export const rejectHint = '"extend predict PHOTO --reject 0.05" marks by a rate of 5\u00a0%.'

/** Formats the examples at the end of a help text: pairs of a command line and its effect. */
export function examples(
  pairs: readonly (readonly [string, string])[],
): (context: { readonly command: Command }) => string {
  return ({ command }) => `\nExamples:\n${explanations(pairs, command.configureOutput().getOutHelpWidth!())}\n`
}
