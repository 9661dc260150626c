/** `1 image`, `2 images`, `2 classes`. */
export function count(number: number, noun: string): string {
  const plural = noun.endsWith('s') ? `${noun}es` : `${noun}s`
  return `${number} ${number === 1 ? noun : plural}`
}

/** The verb of so many. */
export function were(number: number): 'was' | 'were' {
  return number === 1 ? 'was' : 'were'
}

/** A share in per cents with one decimal; what is not quite nothing or all does not read so: `< 0.1`, `> 99.9`. */
export function tenths(share: number): string {
  const percents = 100 * share
  // An interval's end may miss it by a rounding.
  if (Math.abs(percents) < 1e-9) return '0.0'
  if (percents > 100 - 1e-9) return percents.toFixed(1)
  if (percents < 0.05) return '< 0.1'
  return percents >= 99.95 ? '> 99.9' : percents.toFixed(1)
}

/** A fraction as `93.4%`, and as `>99.9%` or `<0.1%` where that would read as all or nothing: one word. */
export function percent(fraction: number): string {
  return `${tenths(fraction).replace(' ', '')}%`
}
