import type { HeldOutClassRecord, Label } from '../bundle/manifest.js'
import { nearestNames } from '../catalog/known-nearest.js'
import { NpluskError } from '../core/errors.js'
import type { OnProgress } from '../core/progress.js'
import { quotedNames } from '../core/quoted-names.js'
import { normaliseLabel } from '../folders/label.js'

/**
 * The probability, 0..1, that a class needs at least, by label; `best-f1` stands for those of the bundle, at which the
 * F1 of every added class was best on held-out images.
 */
export type Thresholds = 'best-f1' | Readonly<Record<string, number>>

/** What thresholds are looked up in. */
interface Classes {
  readonly labels: readonly Label[]
  /** The number of old classes, which come first. */
  readonly baseCount: number
  /** Held-out figures of the added classes. */
  readonly heldOut: readonly HeldOutClassRecord[]
}

/**
 * Thresholds by column; a class without one needs no probability.
 *
 * @param onProgress is warned of added classes without a threshold
 * @throws NpluskError `USAGE` for another word; `BAD_INPUT` for a label that the model does not have (the message lists
 * the nearest), a threshold that is no probability, or a model that holds no thresholds
 */
export function thresholdsByColumn(
  wanted: Thresholds,
  classes: Classes,
  onProgress?: OnProgress,
): ReadonlyMap<number, number> {
  if (wanted === 'best-f1') return bestThresholds(classes, onProgress)
  const given: unknown = wanted
  if (typeof given === 'string') {
    const message = `Thresholds are "best-f1", for those of the bundle, or numbers by label, not "${given}".`
    throw new NpluskError('USAGE', message)
  }
  return namedThresholds(wanted, classes)
}

function bestThresholds({ labels, baseCount, heldOut }: Classes, onProgress?: OnProgress): Map<number, number> {
  const added = labels.slice(baseCount)
  if (added.length === 0) {
    throw new NpluskError(
      'BAD_INPUT',
      'This model has no thresholds: no class of its own was added to it, so there is nothing to set them by.',
    )
  }
  const known = new Map(
    heldOut.flatMap(({ label, threshold }) => (threshold === undefined ? [] : [[label, threshold]])),
  )
  const remedy = { kind: 'fit-again' } as const
  const missing = added.filter(({ label }) => !known.has(label)).map(({ label }) => label)
  if (missing.length === added.length) {
    const message =
      'This bundle holds no thresholds: an earlier version made it, or what was added since is frozen or merged.'
    throw new NpluskError('BAD_INPUT', message, { remedy })
  }
  if (missing.length > 0) {
    const message = `There is no threshold for ${quotedNames(missing, 'and')}, so these answers count as sure.`
    onProgress?.({ type: 'warning', code: 'NO_THRESHOLD', message, remedy })
  }
  return new Map(added.flatMap(({ index, label }) => (known.has(label) ? [[index, known.get(label)!]] : [])))
}

function namedThresholds(wanted: Readonly<Record<string, number>>, { labels }: Classes): Map<number, number> {
  const columnOf = new Map(labels.map(({ label, index }) => [normaliseLabel(label), index]))
  const columns = new Map<number, number>()
  for (const [name, threshold] of Object.entries(wanted)) {
    const column = columnOf.get(normaliseLabel(name))
    if (column === undefined) throw unknownLabel(name, labels)
    if (!(threshold >= 0 && threshold <= 1)) {
      const message = `The threshold of "${name}" must be a probability from 0 to 1, such as 0.4, not ${threshold}.`
      throw new NpluskError('BAD_INPUT', message, { data: { label: name } })
    }
    if (columns.has(column))
      throw new NpluskError('BAD_INPUT', `There are two thresholds for "${name}"; leave one out.`)
    columns.set(column, threshold)
  }
  return columns
}

function unknownLabel(name: string, labels: readonly Label[]): NpluskError {
  const names = labels.map(({ label }) => label)
  const nearest = nearestNames(name, names).slice(0, 5)
  const message = `A threshold is given for "${name}", which is no class of this model; the nearest labels are ${quotedNames(nearest, 'and')}.`
  return new NpluskError('BAD_INPUT', message, { data: { label: name, nearest } })
}
