/** The classes of an increment: their labels, and the base classes that they are merged into. */
interface Classes {
  readonly classes: readonly { readonly label: string; readonly mergedInto?: number }[]
}

/** One column of the added heads: a class, with all sources of its images. */
export interface AddedColumn {
  readonly label: string
  /** The base class that it is merged into. */
  readonly mergedInto?: number
  /** Index of the increment that introduced the class. */
  readonly increment: number
  /** Sources of its images: index of the increment, and of the class in it. */
  readonly sources: readonly { readonly increment: number; readonly place: number }[]
}

/**
 * The columns of increments: their classes in order of first appearance. A class whose label an earlier increment has
 * is the same class with more images, and gets no column of its own.
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

/** Columns grouped by the increment that introduced them: one list per increment, in order. */
export function columnsByIncrement(increments: readonly Classes[]): AddedColumn[][] {
  const columns = columnsOf(increments)
  return increments.map((_, i) => columns.filter(({ increment }) => increment === i))
}
