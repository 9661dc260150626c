import type { RemoveResult } from '../../workflow/remove.js'
import { count, nameList } from '../format.js'
import { shownPath } from './paths.js'

/** What `extend remove` took out, and what is left. */
export function describeRemoval({ bundle, removed, classes }: RemoveResult): string {
  const { base, added, total } = classes
  return [
    `Removed ${count(removed.length, 'class')} from ${shownPath(bundle)}: ${nameList(removed, 8)}`,
    `${total} classes are left: ${base} old and ${added} added.`,
  ].join('\n')
}
