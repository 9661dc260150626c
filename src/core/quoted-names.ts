/** Most names that a message lists. */
const maxNames = 5

/**
 * Names in quotation marks, for a message: at most five, then how many more there are.
 *
 * @param conjunction word before the last name. @default a comma
 */
export function quotedNames(names: readonly string[], conjunction?: 'and' | 'or'): string {
  const shown = names.slice(0, maxNames).map((name) => `"${name}"`)
  if (names.length > shown.length) return `${shown.join(', ')} and ${names.length - shown.length} more`
  if (conjunction === undefined || shown.length < 2) return shown.join(', ')
  return `${shown.slice(0, -1).join(', ')} ${conjunction} ${shown.at(-1)!}`
}
