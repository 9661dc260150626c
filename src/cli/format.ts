export { count, percent } from '../core/numbers.js'

/** Bytes in decimal units: `24.7 MB`. */
export function bytes(number: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = number
  let unit = 0
  // Otherwise 999.95 would be shown as 1000.0.
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return unit === 0 ? `${number} B` : `${value.toFixed(1)} ${units[unit]}`
}

/** `0.4 s`, `42 s`, `3 min 5 s`, `4 h 55 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const rounded = Math.round(seconds)
  if (rounded < 60) return `${rounded} s`
  if (rounded < 3600) return `${Math.floor(rounded / 60)} min ${rounded % 60} s`
  return `${Math.floor(rounded / 3600)} h ${Math.floor((rounded % 3600) / 60)} min`
}

/** At most `most` names, as they may be shown: `a, b, c and 4 more`. */
export function nameList(names: readonly string[], most: number): string {
  const shown = names.slice(0, most).map(printable).join(', ')
  return names.length <= most ? shown : `${shown} and ${names.length - most} more`
}

/**
 * A name as one piece of a line: control characters, line breaks among them, those that turn the direction of writing,
 * and those that stand for colours become question marks.
 */
export function printable(text: string): string {
  return withoutTurns(text.replace(/[\p{Cc}\p{Zl}\p{Zp}\ufdd0-\ufdef]/gu, '?'))
}

/** Text in which nothing turns the direction of writing, so that no name looks like another; line breaks stay. */
export function withoutTurns(text: string): string {
  return text.replace(/[\u202a-\u202e\u2066-\u2069]/gu, '?')
}

/** A path as a shell argument, quoted if necessary. */
export function shellArgument(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}
