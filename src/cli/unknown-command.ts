import type { Command } from 'commander'
import { existsSync, statSync } from 'node:fs'
import { editDistance } from '../catalog/known-nearest.js'
import { shellArgument } from './format.js'
import { pathOf, usageError } from './usage.js'

/** Names that other programs use for a command, or that users type without reading the help. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  '--add DIR': ['add', 'train', 'learn', 'teach', 'fit', 'finetune', 'fine-tune', 'retrain', 'new', 'create', 'extend'],
  'predict IMAGE': ['classify', 'recognise', 'recognize', 'infer', 'inference', 'ask', 'run', 'detect'],
  'evaluate DIR': ['test', 'eval', 'validate', 'val', 'score', 'measure', 'accuracy', 'benchmark'],
  classes: ['list', 'ls', 'labels', 'names', 'class', 'info', 'show', 'describe', 'view'],
  'remove NAME': ['delete', 'rm', 'del', 'drop', 'uninstall', 'forget'],
  'rename OLD NEW': ['relabel', 'mv', 'move', 'name'],
  history: ['log', 'changes', 'revisions', 'versions'],
  rollback: ['undo', 'revert', 'restore', 'reset', 'back'],
  'diff A B': ['compare', 'difference', 'cmp'],
  export: ['save', 'convert', 'deploy', 'publish'],
  'models pull NAME': ['download', 'fetch', 'pull', 'get', 'install'],
  'inspect MODEL': ['info', 'show', 'describe', 'view', 'summary'],
  'features DIR': ['extract', 'embed', 'embeddings', 'bottlenecks'],
  doctor: ['check', 'diagnose', 'status', 'env'],
  'setup-cuda': ['cuda', 'gpu', 'setup'],
  'cache clear': ['clean', 'clear', 'purge', 'prune'],
  completion: ['completions', 'autocomplete'],
  '--version': ['version'],
}

/** Action of a command that has subcommands: any argument besides its options is a mistake. */
export function rejectArguments(command: Command): void {
  const [word, next] = command.args
  if (word !== undefined) throw unknownCommand(word, next, command)
}

/**
 * The error for a word that is not a command of `command`.
 *
 * @param next the following word
 */
export function unknownCommand(word: string, next: string | undefined, command: Command): Error {
  const names = command.commands.map((sub) => sub.name())
  const problem = `There is no command "${word}"`
  const [nearest] = nearestOf(word, names)
  const [misspelt] = nearest === undefined ? nearestOf(word, Object.values(synonyms).flat()) : []
  const meant = command.parent ? [] : meantBy(word, misspelt)
  if (meant.length > 0) {
    const lines = meant.map(
      (line) => `"extend ${next === undefined ? line : line.replace(/[A-Z]+$/, shellArgument(next))}"`,
    )
    const why = meant.includes('--add DIR') ? 'to add classes, type' : 'you may want'
    return usageError(`${problem}; ${why} ${lines.join(' or ')}`, command)
  }
  if (nearest !== undefined) return usageError(`${problem}; the nearest is "${pathOf(command)} ${nearest}"`, command)
  const remedy = command.parent ? '' : 'to add classes, type "extend --add DIR"; '
  return usageError(`${problem}; ${remedy}the commands are ${names.join(', ')}`, command)
}

/** Rejects a path in place of a command: an option or a command was forgotten. */
export function rejectPath(command: Command, add: readonly string[] | undefined): void {
  const [word] = command.args
  if (word === undefined) return
  const found = existsSync(word) ? statSync(word) : undefined
  if (found === undefined) {
    if (!/[/\\]|\.\w+$/.test(word)) return
    throw usageError(
      `"${word}" is neither a command nor a file or folder that is there; to add classes, type "extend --add DIR"`,
      command,
    )
  }
  throw usageError(`"${word}" is no command; ${remedyFor(word, found.isDirectory(), add !== undefined)}`, command)
}

function remedyFor(path: string, isFolder: boolean, adds: boolean): string {
  if (isFolder && adds) return 'write --add before every folder'
  const shown = shellArgument(path)
  if (isFolder) return `to add its classes, type "extend --add ${shown}"`
  if (/\.onnx$/i.test(path)) return `to see what is in it, type "extend inspect ${shown}"`
  return `to ask what it shows, type "extend predict ${shown}"`
}

function meantBy(word: string, misspelt: string | undefined): string[] {
  const commandsFor = (wanted: string) =>
    Object.keys(synonyms).filter((command) => synonyms[command]!.includes(wanted.toLowerCase()))
  const exact = commandsFor(word)
  return exact.length > 0 || misspelt === undefined ? exact : commandsFor(misspelt)
}

/** Names of which the word may be a misspelling, the nearest first. */
function nearestOf(word: string, names: readonly string[]): string[] {
  const ranked = names.map((name) => ({ name, distance: editDistance(word.toLowerCase(), name) }))
  const near = ranked.filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
  return near.sort((a, b) => a.distance - b.distance).map(({ name }) => name)
}
