/** Seconds spent in each part of a call, for its result. */
export interface Stopwatch {
  /** Ends the part that began with the last call, or with the start. */
  lap(part: string): void
  /** Every part, and `total`; rounded to milliseconds. */
  seconds(): Record<string, number>
}

export function stopwatch(): Stopwatch {
  const start = performance.now()
  const parts: Record<string, number> = {}
  let last = start
  const since = (from: number) => Math.round(performance.now() - from) / 1000
  return {
    lap(part) {
      parts[part] = since(last)
      last = performance.now()
    },
    seconds: () => ({ ...parts, total: since(start) }),
  }
}
