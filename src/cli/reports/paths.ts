import { relative, resolve, sep } from 'node:path'
import { printable } from '../format.js'

/** A path as the user would type it and as it may be shown: `./name` below the working folder, else absolute. */
export function shownPath(path: string): string {
  const below = relative('', path)
  if (below === '') return '.'
  return printable(below === '..' || below.startsWith(`..${sep}`) ? resolve(path) : `.${sep}${below}`)
}
