import { findOverlap } from '../../src/catalog/overlap.js'
import type { IncrementFeatures } from '../../src/bundle/parts.js'
import { mergedOf } from './merged.js'
import { jointColumns, type TrainedMethod } from './answers.js'
import type { TestSet } from './data.js'
import type { Judged } from './figures.js'
import type { Lab } from './lab.js'

/**
 * Lets a classifier answer both test sets. An old class that is a new class of its own as well is left out of the old
 * count.
 */
export async function judge(
  lab: Pick<Lab, 'backbone'>,
  increments: readonly IncrementFeatures[],
  classify: TrainedMethod,
  sets: { readonly old: TestSet; readonly new: TestSet },
): Promise<Judged> {
  const classes = increments.flatMap(({ increment }) => increment.classes)
  const merged = mergedOf(increments)
  const columns = jointColumns(classes.length, merged, lab.backbone.classes.length)
  // The new test set's labels are places within its own increment.
  const own = increments.findIndex(({ increment }) => increment.name === sets.new.name)
  const before = increments.slice(0, own).reduce((sum, { increment }) => sum + increment.classes.length, 0)
  const ownColumns = columns.slice(before, before + increments[own]!.increment.classes.length)
  return {
    old: { set: sets.old, answers: await classify(sets.old) },
    new: { set: sets.new, answers: await classify(sets.new) },
    columns,
    ownColumns,
    leftOut: overlapKeptApart(lab, increments),
  }
}

/** Old classes that are a new class of its own as well: an image of one has two right answers. */
export function overlapKeptApart(
  { backbone }: Pick<Lab, 'backbone'>,
  increments: readonly IncrementFeatures[],
): ReadonlySet<number> {
  const apart = increments.flatMap(({ increment }) => increment.classes).filter((one) => one.mergedInto === undefined)
  return new Set(apart.flatMap(({ folder }) => findOverlap(folder, backbone.classes) ?? []))
}
