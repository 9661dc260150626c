/** A result, or the error in its place. */
export type Settled<T> = { readonly value: T } | { readonly error: unknown }

/**
 * Runs `work` on every item, at most `depth` ahead of the reader, and yields the results in the items' order. One
 * item's failure does not stop the others. A finished result does not wait for the next item to arrive.
 *
 * @param weightOf what an item counts for: no other item is begun while those ahead weigh `depth` or more.
 * @default 1
 */
export async function* prefetch<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  depth: number,
  work: (item: Item) => Promise<Result>,
  weightOf: (item: Item) => number = () => 1,
): AsyncGenerator<Settled<Result>, void, void> {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  const running: { readonly result: Promise<Settled<Result>>; readonly weight: number }[] = []
  let ahead = 0
  let pending: IteratorResult<Item> | Promise<IteratorResult<Item>> | undefined
  let ended = false
  try {
    while (!ended || running.length > 0) {
      if (!ended && ahead < depth) {
        pending ??= source.next()
        const ready = running.slice(0, 1).map(({ result }) => result)
        const first = 'done' in pending ? pending : await Promise.race([pending, ...ready])
        if ('done' in first) {
          pending = undefined
          if (first.done) ended = true
          else {
            const weight = weightOf(first.value)
            ahead += weight
            running.push({ result: settle(work(first.value)), weight })
          }
          continue
        }
      }
      const { result, weight } = running.shift()!
      ahead -= weight
      yield await result
    }
  } finally {
    // Not awaited: a source that still waits for its next item could block the reader for ever.
    if (!ended) void Promise.resolve(source.return?.()).catch(() => undefined)
  }
}

function settle<T>(promise: Promise<T>): Promise<Settled<T>> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
}
