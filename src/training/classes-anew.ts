import type { Bundle } from '../bundle/bundle.js'
import { columnsOf } from '../bundle/columns.js'
import type { IncrementFeatures } from '../bundle/parts.js'
import type { NewClass, Overlap } from '../classes/labels.js'
import { NpluskError } from '../core/errors.js'
import { count } from '../core/numbers.js'
import type { OnProgress } from '../core/progress.js'
import { quotedNames } from '../core/quoted-names.js'
import { firstRows } from '../features/table.js'
import { knownImages } from '../tables/known-pictures.js'

/**
 * The classes of an addition that trains all of a bundle's classes anew, from the pictures that are given: those of the
 * bundle first, in its order.
 *
 * @throws NpluskError `CONFLICT` where a class of the bundle gets no pictures, or is merged into an old one
 */
export function classesAnew(
  { manifest: { increments } }: Bundle,
  given: readonly NewClass[],
  overlap: Overlap | undefined,
): NewClass[] {
  const columns = columnsOf(increments)
  const labels = columns.map(({ label }) => label)
  const refuse = (message: string): never => {
    throw new NpluskError('CONFLICT', message)
  }
  const merged = columns.find(({ mergedInto }) => mergedInto !== undefined)
  if (merged !== undefined) {
    refuse(
      `"${merged.label}" is merged into an old class and cannot be fine-tuned; remove it first, or train heads alone.`,
    )
  }
  if (overlap === 'separate' && labels.length > 0) {
    refuse('To keep classes apart from those that are there makes others of them, and these are fine-tuned again.')
  }
  const missing = labels.filter((label) => given.every((one) => one.label !== label))
  if (missing.length > 0) {
    const message = `Fine-tuning takes the pictures of all added classes, and those of ${quotedNames(missing, 'and')} are not among them; give their folders, too.`
    throw new NpluskError('CONFLICT', message, { data: { labels: missing } })
  }
  const place = ({ label }: NewClass) => (labels.includes(label) ? labels.indexOf(label) : labels.length)
  return given.toSorted((a, b) => place(a) - place(b)).map((one) => ({ ...one, grows: false }))
}

/**
 * Warns, before training that may take hours, of pictures that the bundle has learned from and that are not given
 * again.
 *
 * @param kept what the bundle has
 */
export function warnOfForgotten(
  kept: readonly IncrementFeatures[],
  given: Pick<IncrementFeatures, 'increment' | 'table'>,
  onProgress: OnProgress | undefined,
): void {
  const forgotten = kept.reduce((sum, one) => sum + firstRows(one.table).length - knownImages([given], one).size, 0)
  if (forgotten === 0) return
  const are = forgotten === 1 ? 'is' : 'are'
  const message = `${count(forgotten, 'picture')} that the bundle has learned from ${are} not given again, and forgotten if it is fine-tuned.`
  onProgress?.({ type: 'warning', code: 'FORGOTTEN', message, isUrgent: true })
}
