/**
 * Sorts items into their columns, in one pass however many these are.
 *
 * @returns [columns] the items of each, in order
 */
export function byColumn<Item>(
  items: Iterable<Item>,
  columns: number,
  columnOf: (item: Item) => number,
): readonly (readonly Item[])[] {
  const sorted = Array.from({ length: columns }, (): Item[] => [])
  for (const item of items) sorted[columnOf(item)]!.push(item)
  return sorted
}

/** How often each value occurs, in the order in which they come first. */
export function countsOf<Value>(values: Iterable<Value>): Map<Value, number> {
  const counts = new Map<Value, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}
