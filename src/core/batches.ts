import { setImmediate, setTimeout } from 'node:timers/promises'

/**
 * Gathers items in groups of `size`. A smaller group goes out at the end, and when no item has come for `patience`
 * milliseconds, so that whoever feeds items one by one gets answers one by one. Without `patience`, every group but the
 * last is full.
 */
export async function* batches<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  size: number,
  patience?: number,
): AsyncGenerator<Item[], void, void> {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  let batch: Item[] = []
  let pending: IteratorResult<Item> | Promise<IteratorResult<Item>> | undefined
  let ended = false
  try {
    for (;;) {
      pending ??= source.next()
      const next =
        batch.length === 0 || patience === undefined ? await pending : await Promise.race([pending, silence(patience)])
      if (next?.done) break
      if (next !== undefined) {
        pending = undefined
        batch.push(next.value)
        if (batch.length < size) continue
      }
      yield batch
      batch = []
    }
    ended = true
    if (batch.length > 0) yield batch
  } finally {
    // Not awaited: a source that still waits for its next item could block the reader for ever.
    if (!ended) void Promise.resolve(source.return?.()).catch(() => undefined)
  }
}

/** Resolves after the given time, but lets items that came while the thread was busy go first. */
async function silence(milliseconds: number): Promise<undefined> {
  await setTimeout(milliseconds, undefined, { ref: false })
  await setImmediate()
}
