import { setImmediate, setTimeout } from 'node:timers/promises'

/**
 * Gathers items in groups of `size`. A group goes out with fewer at the end, and when nothing more has come for
 * `patience` milliseconds: whoever feeds items one by one gets answers one by one. Without `patience`, every group but
 * the last is whole.
 */
export async function* batches<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  size: number,
  patience?: number,
): AsyncGenerator<Item[], void, void> {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  let batch: Item[] = []
  let coming: IteratorResult<Item> | Promise<IteratorResult<Item>> | undefined
  let ended = false
  try {
    for (;;) {
      coming ??= source.next()
      const next =
        batch.length === 0 || patience === undefined ? await coming : await Promise.race([coming, silence(patience)])
      if (next?.done) break
      if (next !== undefined) {
        coming = undefined
        batch.push(next.value)
        if (batch.length < size) continue
      }
      yield batch
      batch = []
    }
    ended = true
    if (batch.length > 0) yield batch
  } finally {
    // Not awaited: a source that still waits for its next item could hold the reader up for ever.
    if (!ended) void Promise.resolve(source.return?.()).catch(() => undefined)
  }
}

/** Resolves after the time; but what came while the thread was busy goes first. */
async function silence(milliseconds: number): Promise<undefined> {
  await setTimeout(milliseconds, undefined, { ref: false })
  await setImmediate()
}
