import { basename, dirname, resolve } from 'node:path'
import { baseIncrement } from '../bundle/manifest.js'
import { NpluskError } from '../core/errors.js'
import { checkLabel } from '../folders/label.js'
import { splitRole } from '../folders/split-names.js'

/** Most labels, and most characters, of a name that is made of labels. */
const maxLabels = 3
const maxLength = 60
/** Longest name that is made of folders: it may have to get a number, and a name has 255 characters at most. */
const longestName = 240

/**
 * Names an increment: the given name, else the names of folders and classes. A folder that is a split of a data set
 * (`train`) counts by its parent's name, and a name that is taken gets a number.
 *
 * @param taken the names of earlier increments
 * @param labels of classes that came without a folder
 * @returns `wanted`: the name without a number
 * @throws NpluskError `CONFLICT` when a given name is taken or reserved, `BAD_INPUT` when it is not a valid name
 */
export function nameIncrement(
  given: string | undefined,
  folders: readonly string[],
  taken: ReadonlySet<string>,
  labels: readonly string[] = [],
): { readonly name: string; readonly wanted: string } {
  if (given !== undefined) {
    const name = checkGiven(checkLabel(given, 'name'), taken)
    return { name, wanted: name }
  }
  const names = [...new Set([...folders.map(nameOfFolder), ...(labels.length === 0 ? [] : [nameOfLabels(labels)])])]
  const joined = names.join('+')
  const wanted = checkLabel([...joined].length <= longestName ? joined : nameOfLabels(names), 'name')
  let name = wanted
  for (let n = 2; taken.has(name) || name === baseIncrement; n++) name = `${wanted}-${n}`
  return { name, wanted }
}

function checkGiven(name: string, taken: ReadonlySet<string>): string {
  if (name === baseIncrement) {
    throw new NpluskError('CONFLICT', `The name "${baseIncrement}" stands for the old classes.`, {
      remedy: { kind: 'choose-another', option: 'name' },
    })
  }
  if (taken.has(name)) {
    throw new NpluskError('CONFLICT', `The bundle already has an increment "${name}".`, {
      remedy: { kind: 'rename-or-remove', increment: name },
    })
  }
  return name
}

/** Some labels, or names of folders, and the number of the others; one that is too long for that is cut. */
function nameOfLabels(labels: readonly string[]): string {
  const shown = labels.length <= maxLabels ? labels : labels.slice(0, 1)
  const text = [...shown.join('+')]
  const named = text.length <= maxLength ? text.join('') : `${text.slice(0, maxLength).join('')}…`
  return shown.length === labels.length ? named : `${named}+${labels.length - shown.length}`
}

function nameOfFolder(folder: string): string {
  const path = resolve(folder)
  const parent = basename(dirname(path))
  return splitRole(basename(path)) !== undefined && parent !== '' ? parent : basename(path)
}
