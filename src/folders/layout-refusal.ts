import { NpluskError } from '../core/errors.js'
import { quotedNames } from '../core/quoted-names.js'
import type { Remedy } from '../core/remedies.js'
import { pictureFolders, unwrapped, type Layout, type Split } from './layout.js'
import { splitRole } from './split-names.js'
import type { FolderTree } from './walk.js'

/** What the classes of a folder are for: the remedies differ. */
export type Purpose = 'add' | 'evaluate'

type Refused<Type> = Extract<Layout, { type: Type }>

const maxNames = 5

/** The error for a folder that holds parts of a data set and no classes; it says which part to take instead. */
export function refuseSplits({ root, splits, others }: Refused<'splits'>, purpose: Purpose): NpluskError {
  const names = splits.map(({ folder }) => folder.name)
  const folders = splits.map(({ folder }) => folder)
  if (purpose === 'add' && others.length > 0 && splits.every(({ role }) => role !== 'train')) {
    const classes = listed(others.map(({ name }) => name))
    const beside = `"${root.path}" holds ${listed(names)}, with pictures to measure with, beside the class folders ${classes}`
    return refusal(`${beside}.`, 'splits', folders, { kind: 'move-then-add', folder: root.path })
  }
  const parts =
    names.length === 1 ? `the part ${listed(names)} of a data set` : `the parts ${listed(names)} of a data set`
  const message = `"${root.path}" holds ${parts} and no class folders`
  const remedy = splitRemedy(splits, purpose)
  return remedy
    ? refusal(`${message}.`, 'splits', folders, remedy)
    : refusal(`${message}; sort the pictures of each into one folder per class first.`, 'splits', folders)
}

/** The parts to train on and to evaluate with, where any of them has classes. */
function splitRemedy(splits: readonly Split[], purpose: Purpose): Remedy | undefined {
  const usable = splits.filter(({ hasClasses }) => hasClasses)
  const training = usable.find(({ role }) => role === 'train') ?? usable[0]
  if (training === undefined) return undefined
  const others = usable.filter((split) => split !== training)
  const measured =
    others.find(({ role }) => role === 'validate') ?? others.find(({ role }) => role === 'test') ?? others[0]
  if (purpose === 'evaluate') return { kind: 'use-parts', evaluate: (measured ?? training).folder.path }
  const add = training.folder.path
  return measured ? { kind: 'use-parts', add, evaluate: measured.folder.path } : { kind: 'use-parts', add }
}

/** The error for class folders that hold folders of pictures instead of pictures; it says which of them to take. */
export function refuseNested({ root, nested }: Refused<'nested'>, purpose: Purpose): NpluskError {
  const described = nested.slice(0, maxNames).map((folder) => `"${folder.name}" (${listed(innerNames(folder))})`)
  const more = nested.length > maxNames ? ` and ${nested.length - maxNames} more` : ''
  const holders = `In "${root.path}", folders hold folders of pictures in place of pictures: ${described.join(', ')}${more}`
  if (nested.every((folder) => innerNames(folder).every((name) => splitRole(name) !== undefined))) {
    const remedy =
      'make one folder per class with the pictures to learn from, and another such folder with those to measure with'
    return refusal(`${holders}; ${remedy}.`, 'nested', nested)
  }
  const folders = usableOf(nested, purpose).map(({ path }) => path)
  return refusal(`${holders}.`, 'nested', nested, { kind: 'use-inner-folders', purpose, folders })
}

/**
 * The folders whose classes can be taken together: to evaluate, one; to add, all of them unless two have a class of the
 * same name.
 */
function usableOf(nested: readonly FolderTree[], purpose: Purpose): readonly FolderTree[] {
  const inner = nested.flatMap(innerNames)
  const isApart = purpose === 'add' && new Set(inner).size === inner.length
  return isApart ? nested.slice(0, maxNames) : nested.slice(0, 1)
}

function innerNames(folder: FolderTree): string[] {
  return pictureFolders(unwrapped(folder)).map(({ name }) => name)
}

/** Names of folders, for a sentence. */
function listed(names: readonly string[]): string {
  return quotedNames(names, 'and')
}

function refusal(message: string, layout: string, folders: readonly FolderTree[], remedy?: Remedy): NpluskError {
  return new NpluskError('BAD_INPUT', message, { data: { layout, folders: folders.map(({ path }) => path) }, remedy })
}
