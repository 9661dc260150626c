import { NpluskError } from '../core/errors.js'
import { quotedNames } from '../core/quoted-names.js'
import { shellArgument } from '../core/shell-argument.js'
import { pictureFolders, unwrapped, type Layout, type Split } from './layout.js'
import { splitRole } from './split-names.js'
import type { FolderTree } from './walk.js'

/** What the classes of a folder are wanted for: commands differ. */
export type Purpose = 'add' | 'evaluate'

type Refused<Type> = Extract<Layout, { type: Type }>

const mostNames = 5

/** Says that a folder holds parts of a data set and no classes, and what to type instead. */
export function refuseSplits({ root, splits, others }: Refused<'splits'>, purpose: Purpose): NpluskError {
  const names = splits.map(({ folder }) => folder.name)
  const folders = splits.map(({ folder }) => folder)
  if (purpose === 'add' && others.length > 0 && splits.every(({ role }) => role !== 'train')) {
    const classes = listed(others.map(({ name }) => name))
    const beside = `"${root.path}" holds ${listed(names)}, with pictures to measure with, beside the class folders ${classes}`
    return refusal(`${beside}; move that elsewhere, then type ${command('--add', root)} again.`, 'splits', folders)
  }
  const parts =
    names.length === 1 ? `the part ${listed(names)} of a data set` : `the parts ${listed(names)} of a data set`
  const message = `"${root.path}" holds ${parts} and no class folders; ${splitRemedy(splits, purpose)}.`
  return refusal(message, 'splits', folders)
}

function splitRemedy(splits: readonly Split[], purpose: Purpose): string {
  const usable = splits.filter(({ hasClasses }) => hasClasses)
  const training = usable.find(({ role }) => role === 'train') ?? usable[0]
  if (training === undefined) return 'sort the pictures of each into one folder per class first'
  const others = usable.filter((split) => split !== training)
  const measured = others.find(({ role }) => role === 'validate') ?? others.find(({ role }) => role === 'test') ?? others[0] // prettier-ignore
  const commands: string[] = []
  if (purpose === 'add') commands.push(command('--add', training.folder))
  if (measured !== undefined) commands.push(command('evaluate', measured.folder))
  if (commands.length === 0) commands.push(command('evaluate', training.folder))
  return `type ${commands.join(', then ')}`
}

/** Says that class folders hold folders of pictures instead of pictures, and what to type. */
export function refuseNested({ root, nested }: Refused<'nested'>, purpose: Purpose): NpluskError {
  const described = nested.slice(0, mostNames).map((folder) => `"${folder.name}" (${listed(innerNames(folder))})`)
  const more = nested.length > mostNames ? ` and ${nested.length - mostNames} more` : ''
  const holders = `In "${root.path}", folders hold folders of pictures in place of pictures: ${described.join(', ')}${more}`
  return refusal(`${holders}; ${nestedRemedy(nested, purpose)}.`, 'nested', nested)
}

function nestedRemedy(nested: readonly FolderTree[], purpose: Purpose): string {
  const together = 'to make it one class, put the pictures of its folders into it'
  if (nested.every((folder) => innerNames(folder).every((name) => splitRole(name) !== undefined))) {
    return 'make one folder per class with the pictures to learn from, and another such folder with those to measure with'
  }
  if (purpose === 'evaluate') return `type ${command('evaluate', nested[0]!)} for the classes in it; ${together}`
  const inner = nested.flatMap(innerNames)
  const isApart = new Set(inner).size === inner.length
  const wanted = isApart ? nested.slice(0, mostNames) : nested.slice(0, 1)
  const those = wanted.length === 1 ? 'it' : 'them'
  return `type ${command('--add', ...wanted)} for the classes in ${those}; ${together}`
}

function innerNames(folder: FolderTree): string[] {
  return pictureFolders(unwrapped(folder)).map(({ name }) => name)
}

function command(name: '--add' | 'evaluate', ...folders: readonly FolderTree[]): string {
  return `"extend ${folders.map(({ path }) => `${name} ${shellArgument(path)}`).join(' ')}"`
}

/** Names of folders in a sentence. */
function listed(names: readonly string[]): string {
  return quotedNames(names, 'and')
}

function refusal(message: string, layout: string, folders: readonly FolderTree[]): NpluskError {
  return new NpluskError('BAD_INPUT', message, { data: { layout, folders: folders.map(({ path }) => path) } })
}
