import type { AddedColumn } from '../bundle/columns.js'
import type { HeldOutRecord } from '../bundle/manifest.js'
import type { Decision } from '../calibration/decide.js'
import type { HeldOutFigures } from '../calibration/held-out.js'
import type { ClassInfo } from '../catalog/imagenet.js'

/**
 * Held-out figures with labels in place of column numbers.
 *
 * @param columns all added columns
 * @param frozen the number of frozen columns, which come first: they are numbered as old classes after the base classes
 */
export function heldOutRecord(
  { perClass, ...figures }: HeldOutFigures,
  columns: readonly Pick<AddedColumn, 'label'>[],
  frozen: number,
  base: readonly ClassInfo[],
): HeldOutRecord {
  const labelOf = (decision: Decision) =>
    (decision < 0 ? columns[frozen - 1 - decision] : (base[decision] ?? columns[decision - base.length]))!.label
  return {
    ...figures,
    perClass: perClass.map(({ column, count, right, takenFor }) => ({
      label: columns[frozen + column]!.label,
      count,
      top1: right / count,
      confusedWith: takenFor.map(({ answer, count: times }) => ({ label: labelOf(answer), count: times })),
    })),
  }
}
