import { describeKinds, type PassedOverKind } from '../../folders/passed-over.js'
import { nameList, printable } from '../format.js'

const maxNames = 3

/** Files that were passed over, by kind, with the first names; no lines if there are none. */
export function describePassedOver(kinds: readonly PassedOverKind[]): string[] {
  if (kinds.length === 0) return []
  const named = kinds.map(({ kind, count, files }) => {
    const shown = files.slice(0, maxNames)
    const more = count > shown.length ? ` and ${count - shown.length} more` : ''
    return `  ${kind}: ${printable(nameList(shown, maxNames))}${more}`
  })
  return [`Passed over: ${describeKinds(kinds)}`, ...named]
}
