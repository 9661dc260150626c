import { columnsOf } from '../bundle/columns.js'
import { NpluskError } from '../core/errors.js'
import { columnTable, imagesOfColumns, type IncrementFeatures } from './column-table.js'
import type { NewClass } from './labels.js'

/** A class that got more pictures. */
export interface GrownClass {
  readonly label: string
  /** Number of its images before. */
  readonly before: number
  /** Number of its images now; one that it had already counts once. */
  readonly images: number
}

/** The classes that the last of the increments made grow. */
export function grownClasses(
  increments: readonly IncrementFeatures[],
  newClasses: readonly NewClass[],
): readonly GrownClass[] {
  const labels = newClasses.filter(({ grows }) => grows).map(({ label }) => label)
  if (labels.length === 0) return []
  const columns = columnsOf(increments.map(({ increment }) => increment))
  const before = imagesOfColumns(columnTable(increments.slice(0, -1), columns))
  const now = imagesOfColumns(columnTable(increments, columns))
  return labels.map((label) => {
    const column = columns.findIndex((one) => one.label === label)
    return { label, before: before.get(column)!, images: now.get(column)! }
  })
}

/** @throws NpluskError `CONFLICT` when a class would grow whose head is to stay as it is */
export function refuseGrowth(newClasses: readonly NewClass[]): void {
  const grown = newClasses.find(({ grows }) => grows)
  if (grown === undefined) return
  throw new NpluskError(
    'CONFLICT',
    `"${grown.folder}" would give the class "${grown.label}" more pictures, but --freeze-added keeps it as it is; leave out --freeze-added, or keep both with --overlap separate.`,
  )
}
