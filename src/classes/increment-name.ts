import { basename, dirname, resolve } from 'node:path'
import { baseIncrement } from '../bundle/manifest.js'
import { NpluskError } from '../core/errors.js'
import { checkLabel } from '../folders/label.js'
import { splitRole } from '../folders/split-names.js'

/**
 * Names an increment: the given name, else the folders' names. A folder that is a split of a data set (`train`) counts
 * by its parent's name, and a name that is taken gets a number.
 *
 * @param taken the names of earlier increments
 * @returns `wanted`: the name without a number
 * @throws NpluskError `CONFLICT` when a given name is taken or reserved, `BAD_INPUT` when it is not a valid name
 */
export function nameIncrement(
  given: string | undefined,
  folders: readonly string[],
  taken: ReadonlySet<string>,
): { readonly name: string; readonly wanted: string } {
  if (given !== undefined) {
    const name = checkGiven(checkLabel(given, 'name'), taken)
    return { name, wanted: name }
  }
  const wanted = checkLabel([...new Set(folders.map(nameOfFolder))].join('+'), 'name')
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

function nameOfFolder(folder: string): string {
  const path = resolve(folder)
  const parent = basename(dirname(path))
  return splitRole(basename(path)) !== undefined && parent !== '' ? parent : basename(path)
}
