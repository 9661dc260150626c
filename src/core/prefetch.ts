/** A result, or the error that stood in its place. */
export type Settled<T> = { readonly value: T } | { readonly error: unknown }

/**
 * Runs `work` on every item, at most `depth` ahead of whoever reads the results, and yields the results in the items' order.
 * One item's failure does not stop the others.
 */
export async function* prefetch<Item, Result>(
  items: readonly Item[],
  depth: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Settled<Result>, void, void> {
  const running: Promise<Settled<Result>>[] = []
  let next = 0
  while (next < items.length || running.length > 0) {
    while (next < items.length && running.length < depth) running.push(settle(work(items[next++]!)))
    yield await running.shift()!
  }
}

function settle<T>(promise: Promise<T>): Promise<Settled<T>> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
}
