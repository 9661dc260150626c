import type { RemoveResult } from '../../workflow/remove.js'
import { count, nameList } from '../format.js'
import { shownPath } from './paths.js'

/** The result of `extend remove`: what was removed, and what is left. */
export function describeRemoval({ bundle, removed, shrunk, alsoNamed, classes }: RemoveResult): string {
  const { base, added, total } = classes
  const lines: string[] = []
  if (removed.length > 0 || shrunk.length === 0) {
    lines.push(`Removed ${count(removed.length, 'class')} from ${shownPath(bundle)}: ${nameList(removed, 8)}`)
  }
  if (shrunk.length > 0) {
    lines.push(`Took this increment's pictures out of ${count(shrunk.length, 'class')}: ${nameList(shrunk, 8)}`)
  }
  if (alsoNamed.length > 0) lines.push(`Of the same folder name, and kept: ${nameList(alsoNamed, 8)}`)
  lines.push(`${total} classes are left: ${base} old and ${added} added.`)
  return lines.join('\n')
}
