/** A result, or the error that stood in its place. */
export type Settled<T> = { readonly value: T } | { readonly error: unknown }

/**
 * Runs `work` on every item, at most `depth` ahead of whoever reads the results, and yields the results in the items' order.
 * One item's failure does not stop the others. A result that is ready does not wait for an item that is still to come.
 */
export async function* prefetch<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  depth: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Settled<Result>, void, void> {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  const running: Promise<Settled<Result>>[] = []
  let coming: IteratorResult<Item> | Promise<IteratorResult<Item>> | undefined
  let ended = false
  try {
    while (!ended || running.length > 0) {
      if (!ended && running.length < depth) {
        coming ??= source.next()
        const first = 'done' in coming ? coming : await Promise.race([coming, ...running.slice(0, 1)])
        if ('done' in first) {
          coming = undefined
          if (first.done) ended = true
          else running.push(settle(work(first.value)))
          continue
        }
      }
      yield await running.shift()!
    }
  } finally {
    // Not awaited: a source that still waits for its next item could hold the reader up for ever.
    if (!ended) void Promise.resolve(source.return?.()).catch(() => undefined)
  }
}

function settle<T>(promise: Promise<T>): Promise<Settled<T>> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
}
