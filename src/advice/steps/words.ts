/** `1 picture`, `12 pictures`. */
export function pictures(count: number): string {
  return count === 1 ? '1 picture' : `${count} pictures`
}

/** A fraction as `5.2%`. */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)}%`
}
