import { columnsOf } from '../bundle/columns.js'
import type { Bundle } from '../bundle/bundle.js'
import type { HeldOutRecord, Manifest } from '../bundle/manifest.js'
import { NpluskError } from '../core/errors.js'
import { columnTable, imagesOfColumns } from './column-table.js'
import type { IncrementFeatures } from '../bundle/parts.js'
import type { NewClass } from '../classes/labels.js'

/** A class that received more images. */
export interface GrownClass {
  readonly label: string
  /** Number of its images before the extension. */
  readonly before: number
  /** Number of its images now; a repeated image counts once. */
  readonly images: number
  /** Accuracy on its held-out images before, 0..1; `null` where it is not known. */
  readonly top1Before: number | null
  /** The same after the extension. */
  readonly top1: number | null
}

/**
 * The classes that grew with an increment.
 *
 * @param kept the earlier increments
 * @param fresh the new increment without images that its classes already had; empty if none is left
 * @returns `known`: the number of fresh images that count as near-duplicates of images that these classes already had
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
  const imagesIn = (part: readonly IncrementFeatures[]) => {
    const counts = imagesOfColumns(columnTable(part, columns))
    return (label: string) => counts.get(columns.findIndex((column) => column.label === label)) ?? 0
  }
  const before = imagesIn(kept)
  const now = imagesIn(increments)
  const freshClasses = fresh.flatMap(({ increment }) => increment.classes)
  const freshImages = (label: string) => freshClasses.find((one) => one.label === label)?.images ?? 0
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
    known: labels.reduce((sum, label) => sum + before(label) + freshImages(label) - now(label), 0),
  }
}

/** The first one of given labels that is a class of one of the increments. */
export function earlierLabel(increments: Manifest['increments'], given: readonly string[]): string | undefined {
  const earlier = new Set(increments.flatMap(({ classes }) => classes.map(({ label }) => label)))
  return given.find((label) => earlier.has(label))
}

/**
 * Refuses images for classes of a bundle whose heads are frozen.
 *
 * @param given labels of classes that get images
 * @throws NpluskError `CONFLICT`
 */
export function refuseGrowth(manifest: Manifest | undefined, given: readonly string[]): void {
  const grown = earlierLabel(manifest?.increments ?? [], given)
  if (grown === undefined) return
  throw new NpluskError('CONFLICT', `There are more pictures for the class "${grown}", which is frozen.`, {
    remedy: { kind: 'unfreeze-or-separate' },
  })
}

/**
 * Refuses to add nothing new to classes that are all frozen, as nothing is left to be trained.
 *
 * @throws NpluskError `CONFLICT`
 */
export function refuseNothingNew({ folder }: Pick<Bundle, 'folder'>): void {
  throw new NpluskError('CONFLICT', `${folder} has these pictures already; nothing was changed.`)
}
