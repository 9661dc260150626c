import type { Bundle } from '../bundle/bundle.js'
import { columnsOf } from '../bundle/columns.js'
import type { NewClass } from '../classes/labels.js'
import { NpluskError } from '../core/errors.js'
import type { Warn } from '../core/progress.js'
import { quotedNames } from '../core/quoted-names.js'

/**
 * The classes of an addition that trains all of a bundle's classes anew, from the pictures that are given: those of the
 * bundle first, in its order.
 *
 * @throws NpluskError `CONFLICT` where a class of the bundle gets no pictures
 */
export function classesAnew({ manifest: { increments } }: Bundle, given: readonly NewClass[], warn: Warn): NewClass[] {
  const columns = columnsOf(increments)
  const labels = columns.map(({ label }) => label)
  const filesOf = new Map(given.map(({ label, files }) => [label, files.length]))
  const missing = labels.filter((label) => !filesOf.has(label))
  if (missing.length > 0) {
    const message = `Fine-tuning takes the pictures of all added classes, and those of ${quotedNames(missing, 'and')} are not among them; give their folders, too.`
    throw new NpluskError('CONFLICT', message, { data: { labels: missing } })
  }
  const fewer = columns.filter(({ label, sources }) => {
    const kept = sources.map(({ increment, place }) => increments[increment]!.classes[place]!.images)
    return filesOf.get(label)! < kept.reduce((sum, images) => sum + images, 0)
  })
  if (fewer.length > 0) {
    const names = quotedNames(
      fewer.map(({ label }) => label),
      'and',
    )
    warn(
      'FEWER_IMAGES',
      `There are fewer pictures of ${names} than the bundle has learned from; it forgets the others.`,
    )
  }
  const place = ({ label }: NewClass) => (labels.includes(label) ? labels.indexOf(label) : labels.length)
  return given.toSorted((a, b) => place(a) - place(b)).map((one) => ({ ...one, grows: false }))
}
