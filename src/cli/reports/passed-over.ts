import { describeKinds, type PassedOverKind } from '../../folders/passed-over.js'
import { nameList, printable } from '../format.js'

const mostNames = 3

/** Files that were passed over, by kind and with the first names; no lines for none. */
export function describePassedOver(kinds: readonly PassedOverKind[]): string[] {
  if (kinds.length === 0) return []
  const named = kinds.map(({ kind, count, files }) => {
    const shown = files.slice(0, mostNames)
    const more = count > shown.length ? ` and ${count - shown.length} more` : ''
    return `  ${kind}: ${printable(nameList(shown, mostNames))}${more}`
  })
  return [`Passed over: ${describeKinds(kinds)}`, ...named]
}
