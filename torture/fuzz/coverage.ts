import { Session } from 'node:inspector/promises'

/** Offsets in a script from the first to behind the last. */
type Range = readonly [start: number, end: number]

/** What ran since the look before. */
export interface Look {
  /** Whether something ran for the first time. */
  readonly isNew: boolean
  /** Takes that as known. */
  keep(): void
}

/** What of the program has run, by V8's own counters. */
export interface Coverage extends AsyncDisposable {
  look(): Promise<Look>
}

/** Counts in this process; a look takes some milliseconds. */
export async function startCoverage(): Promise<Coverage> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  const ours = new URL('../../src/', import.meta.url).href
  // By function: what of it has never run.
  const left = new Map<string, readonly Range[]>()
  return {
    async look() {
      const { result } = await session.post('Profiler.takePreciseCoverage')
      const news: [string, readonly Range[]][] = []
      for (const { url, scriptId, functions } of result) {
        if (!url.startsWith(ours)) continue
        for (const { ranges } of functions) {
          const [whole, ...parts] = ranges
          if (whole!.count === 0) continue
          const key = `${scriptId}:${whole!.startOffset}:${whole!.endOffset}`
          const known = left.get(key)
          const skipped = parts
            .filter(({ count }) => count === 0)
            .map(({ startOffset, endOffset }): Range => [startOffset, endOffset])
          const now = known === undefined ? skipped : common(known, skipped)
          if (known === undefined || sizeOf(now) < sizeOf(known)) news.push([key, now])
        }
      }
      return {
        isNew: news.length > 0,
        keep: () => news.forEach(([key, now]) => left.set(key, common(left.get(key) ?? now, now))),
      }
    },
    async [Symbol.asyncDispose]() {
      await session.post('Profiler.stopPreciseCoverage')
      session.disconnect()
    },
  }
}

function common(some: readonly Range[], others: readonly Range[]): Range[] {
  return some.flatMap(([start, end]) =>
    others
      .map(([from, to]): Range => [Math.max(start, from), Math.min(end, to)])
      .filter(([first, behind]) => first < behind),
  )
}

function sizeOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, [start, end]) => sum + end - start, 0)
}
