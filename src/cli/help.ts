import { Help, type Argument } from 'commander'
import { displayWidth } from './terminal/display-width.js'
import { widthOf, type Environment } from './environment.js'
import { wrap } from './wrap.js'

const indent = 2
const gap = 2
/** A description with less room than this goes below its term. */
const minColumns = 30
/** Longer lines are hard to read. */
const maxColumns = 110

/** Width of help texts in columns: that of the terminal; in a pipe that of `COLUMNS`, or 80. */
export function helpWidth({ stdout, variables }: Pick<Environment, 'stdout' | 'variables'>): number {
  const columns = stdout.isTTY ? widthOf(stdout, variables) : Number(variables.COLUMNS) || 80
  return Math.min(columns, maxColumns)
}

/** Help layout for commander on a terminal of any width; no word is broken. */
export function helpLayout(width: number): Partial<Help> {
  return {
    commandUsage: (command) => {
      const title = 'Usage: '
      return wrap(title + new Help().commandUsage(command), width, title.length).slice(title.length)
    },
    boxWrap: (text) => wrap(text, width),
    styleTitle: (title) => wrap(title, width),
    subcommandTerm: (sub) => [sub.name(), ...sub.registeredArguments.map(argumentTerm)].join(' '),
    formatItem: (term, termWidth, description) => explained(term, termWidth, description, width),
  }
}

/** Terms with their explanations, each on one line if all fit. */
export function explanations(pairs: readonly (readonly [string, string])[], width: number): string {
  const termWidth = Math.max(...pairs.map(([term]) => displayWidth(term)))
  const room = width - indent - termWidth - gap
  const fits = pairs.every(([, meaning]) => displayWidth(meaning) <= room)
  // Command lines differ so much in length that a narrow second column would be hard to read.
  return pairs
    .map(([term, meaning]) => (fits ? beside(term, termWidth, meaning, room) : below(term, meaning, width)))
    .join('\n')
}

function explained(term: string, termWidth: number, meaning: string, width: number): string {
  const room = width - indent - termWidth - gap
  return room >= minColumns ? beside(term, termWidth, meaning, room) : below(term, meaning, width)
}

function beside(term: string, termWidth: number, meaning: string, room: number): string {
  const [first, ...others] = wrap(meaning, room).split('\n')
  const margin = ' '.repeat(indent + termWidth + gap)
  const padding = ' '.repeat(termWidth - displayWidth(term) + gap)
  return [' '.repeat(indent) + term + padding + first!, ...others.map((line) => margin + line)].join('\n').trimEnd()
}

/** Breaks the command line so that it can still be pasted into a shell. */
function below(term: string, meaning: string, width: number): string {
  const margin = ' '.repeat(3 * indent)
  const lines = wrap(' '.repeat(indent) + term, width - 2, indent).replaceAll('\n', ' \\\n')
  return `${lines}\n${wrap(margin + meaning, width)}`.trimEnd()
}

function argumentTerm(argument: Argument): string {
  const name = argument.name() + (argument.variadic ? '...' : '')
  return argument.required ? `<${name}>` : `[${name}]`
}
