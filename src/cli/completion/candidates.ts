import type { Command, Option } from 'commander'

/** Completions at the cursor. */
export interface Candidates {
  /** Paths that the shell may offer besides `words`. */
  readonly paths: 'files' | 'folders' | 'none'
  /** Each word with its meaning. */
  readonly words: readonly (readonly [word: string, meaning: string])[]
}

/** Placeholders of options and names of arguments, by kind of path. */
const folders = ['dir', 'bundle', 'images', 'a', 'b']
const others = [
  ...['name', 'old', 'new', 'revision', 'n', 'number', 'fraction', 'probability', 'rate', 'i/n', 'address'],
  ...['command', 'shell', 'token', 'list', 'node', 'tensor', 'r,g,b', 'pixels'],
]

/**
 * Looks up words that only the program knows.
 *
 * @param place an option's placeholder, or the name of the command whose argument it is
 * @param before the words before
 */
export type NamesFor = (place: string, before: readonly string[]) => Promise<readonly string[]>

/**
 * Finds how the command line may continue.
 *
 * @param words the words behind the program's name; the last one is to be completed and may be empty
 */
export async function candidatesFor(
  program: Command,
  words: readonly string[],
  namesFor: NamesFor,
): Promise<Candidates> {
  const before = words.slice(0, -1)
  const current = words.at(-1) ?? ''
  const { command, operands, waiting } = readWords(program, before)
  const valuesOf = (option: Option) => ofOption(option, before, namesFor)
  if (waiting) return startingWith(current, await valuesOf(waiting))
  const [, flag, value] = /^(--[\w-]+)=(.*)$/s.exec(current) ?? []
  const option = flag === undefined ? undefined : command.options.find(({ long }) => long === flag)
  if (option) return startingWith(value!, await valuesOf(option))
  if (current.startsWith('-')) {
    const visible = command.createHelp().visibleOptions(command)
    return startingWith(current, {
      paths: 'none',
      words: visible.map(({ long, description }) => [long!, description] as const),
    })
  }
  const owner = command.name() === 'help' ? command.parent! : command
  const subcommands = operands > 0 ? [] : owner.createHelp().visibleCommands(owner)
  const names = command.registeredArguments.length > 0 ? await namesFor(command.name(), before) : []
  const argument = command.registeredArguments.find((one, i) => i === operands || one.variadic)
  return startingWith(current, {
    paths: argument ? pathsOf(argument.name()) : 'none',
    words: [
      ...subcommands.map((sub) => [sub.name(), sub.description()] as const),
      ...(argument?.argChoices ?? []).map(plain),
      ...names.map(plain),
    ],
  })
}

/** The position that the words lead to: a command, its operands so far, and an option that expects its value. */
function readWords(
  program: Command,
  words: readonly string[],
): { readonly command: Command; readonly operands: number; readonly waiting: Option | undefined } {
  let command = program
  let operands = 0
  let waiting: Option | undefined
  for (const word of words) {
    if (waiting) {
      waiting = undefined
      continue
    }
    const option = command.options.find(({ long, short }) => long === word || short === word)
    const sub = operands === 0 ? command.commands.find((one) => one.name() === word) : undefined
    if (option) waiting = option.required ? option : undefined
    else if (sub) command = sub
    else if (!word.startsWith('-')) operands++
  }
  return { command, operands, waiting }
}

async function ofOption(
  { flags, argChoices }: Option,
  before: readonly string[],
  namesFor: NamesFor,
): Promise<Candidates> {
  if (argChoices) return { paths: 'none', words: argChoices.map(plain) }
  const placeholder = /<([^>.]+)/.exec(flags)?.[1] ?? ''
  return { paths: pathsOf(placeholder), words: (await namesFor(placeholder, before)).map(plain) }
}

function pathsOf(placeholder: string): Candidates['paths'] {
  if (folders.includes(placeholder)) return 'folders'
  return others.includes(placeholder) ? 'none' : 'files'
}

function startingWith(start: string, { paths, words }: Candidates): Candidates {
  return { paths, words: words.filter(([word]) => word.startsWith(start)) }
}

function plain(word: string): readonly [string, string] {
  return [word, '']
}
