import { columnsOf } from '../bundle/columns.js'
import { labelsOf, type IncrementClasses } from '../bundle/manifest.js'
import type { HeldOutNames } from '../calibration/held-out-records.js'
import type { ClassInfo } from '../catalog/imagenet.js'

/**
 * The labels of old and added classes, as the rows of a training set number them.
 *
 * @param frozen the number of increments whose columns are frozen: these are numbered as old classes after the base
 * classes, see `besideFrozen`
 */
export function heldOutLabels(
  increments: readonly IncrementClasses[],
  base: readonly ClassInfo[],
  frozen: number,
): Pick<HeldOutNames, 'old' | 'added'> {
  const labels = labelsOf({ base: { classes: base }, increments })
  let next = base.length
  const columns = columnsOf(increments).map(({ mergedInto, increment }) => ({
    label: labels[mergedInto ?? next++]!,
    isFrozen: increment < frozen,
  }))
  const labelsWhere = (wanted: boolean) =>
    columns.filter(({ isFrozen }) => isFrozen === wanted).map(({ label }) => label)
  return { old: [...labels.slice(0, base.length), ...labelsWhere(true)], added: labelsWhere(false) }
}
