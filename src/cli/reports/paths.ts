import { relative, resolve, sep } from 'node:path'

/** A path as the user would type it: `./name` below the working folder, else absolute. */
export function shownPath(path: string): string {
  const below = relative('', path)
  if (below === '') return '.'
  return below === '..' || below.startsWith(`..${sep}`) ? resolve(path) : `.${sep}${below}`
}
