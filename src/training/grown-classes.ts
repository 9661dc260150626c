import { columnsOf } from '../bundle/columns.js'
import type { HeldOutRecord } from '../bundle/manifest.js'
import { NpluskError } from '../core/errors.js'
import { columnTable, imagesOfColumns } from './column-table.js'
import type { IncrementFeatures } from '../bundle/parts.js'
import type { NewClass } from '../classes/labels.js'

/** A class that got more pictures. */
export interface GrownClass {
  readonly label: string
  /** Number of its images before. */
  readonly before: number
  /** Number of its images now; one that it had already counts once. */
  readonly images: number
  /** Share of its held-out images that were right before, 0..1; `null` where that is not known. */
  readonly top1Before: number | null
  /** The same now. */
  readonly top1: number | null
}

/**
 * The classes that an increment made grow.
 *
 * @param kept the increments before it
 * @param fresh it, without pictures that are known; empty where it brought none
 * @returns `known`: how many of the fresh ones count as pictures that these classes had already, as near-duplicates
 */
export function grownClasses(
  kept: readonly IncrementFeatures[],
  fresh: readonly IncrementFeatures[],
  newClasses: readonly NewClass[],
  heldOut: Readonly<Record<'before' | 'now', HeldOutRecord | null | undefined>>,
): { readonly classes: readonly GrownClass[]; readonly known: number } {
  const labels = newClasses.filter(({ grows }) => grows).map(({ label }) => label)
  if (labels.length === 0) return { classes: [], known: 0 }
  const increments = [...kept, ...fresh]
  const columns = columnsOf(increments.map(({ increment }) => increment))
  const imagesIn = (some: readonly IncrementFeatures[]) => {
    const counts = imagesOfColumns(columnTable(some, columns))
    return (label: string) => counts.get(columns.findIndex((column) => column.label === label)) ?? 0
  }
  const before = imagesIn(kept)
  const now = imagesIn(increments)
  const brought = fresh.flatMap(({ increment }) => increment.classes)
  const given = (label: string) => brought.find((one) => one.label === label)?.images ?? 0
  const top1Of = (record: HeldOutRecord | null | undefined, label: string) =>
    record?.perClass.find((one) => one.label === label)?.top1 ?? null
  return {
    classes: labels.map((label) => ({
      label,
      before: before(label),
      images: now(label),
      top1Before: top1Of(heldOut.before, label),
      top1: top1Of(heldOut.now, label),
    })),
    known: labels.reduce((sum, label) => sum + before(label) + given(label) - now(label), 0),
  }
}

/** @throws NpluskError `CONFLICT` when a class would grow whose head is to stay as it is */
export function refuseGrowth(newClasses: readonly NewClass[]): void {
  const grown = newClasses.find(({ grows }) => grows)
  if (grown === undefined) return
  throw new NpluskError('CONFLICT', `"${grown.folder}" would give the frozen class "${grown.label}" more pictures.`, {
    remedy: { kind: 'unfreeze-or-separate' },
  })
}
