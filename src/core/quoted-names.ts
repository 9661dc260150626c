/** Names that a message lists at most. */
const mostNames = 5

/**
 * Names in quotation marks, for a message; of many the first five, and how many more there are.
 *
 * @param conjunction what stands before the last one. @default a comma
 */
export function quotedNames(names: readonly string[], conjunction?: 'and' | 'or'): string {
  const shown = names.slice(0, mostNames).map((name) => `"${name}"`)
  if (names.length > shown.length) return `${shown.join(', ')} and ${names.length - shown.length} more`
  if (conjunction === undefined || shown.length < 2) return shown.join(', ')
  return `${shown.slice(0, -1).join(', ')} ${conjunction} ${shown.at(-1)!}`
}
