/** What is known of an increment's classes here: their labels, and the base classes they are merged into. */
interface Classes {
  readonly classes: readonly { readonly label: string; readonly mergedInto?: number }[]
}

/** One column of the added heads: a class, and every folder of pictures that it learnt from. */
export interface AddedColumn {
  readonly label: string
  /** The base class it is merged into. */
  readonly mergedInto?: number
  /** The increment that brought the class: its place among the increments. */
  readonly increment: number
  /** Where its pictures are: places of increments, and of the class in each. */
  readonly sources: readonly { readonly increment: number; readonly place: number }[]
}

/**
 * The columns that increments make: their classes in order, each at its first appearance. A class whose label an
 * earlier increment has already is the same class with more pictures, and has no column of its own.
 */
export function columnsOf(increments: readonly Classes[]): AddedColumn[] {
  const columns = new Map<string, AddedColumn>()
  increments.forEach(({ classes }, increment) =>
    classes.forEach(({ label, mergedInto }, place) => {
      const source = { increment, place }
      const column = columns.get(label) ?? {
        label,
        ...(mergedInto === undefined ? {} : { mergedInto }),
        increment,
        sources: [],
      }
      columns.set(label, { ...column, sources: [...column.sources, source] })
    }),
  )
  return [...columns.values()]
}

/** Columns by the increment that brought them: a list for each of the increments, in order. */
export function columnsByIncrement(increments: readonly Classes[]): AddedColumn[][] {
  const columns = columnsOf(increments)
  return increments.map((_, i) => columns.filter(({ increment }) => increment === i))
}
