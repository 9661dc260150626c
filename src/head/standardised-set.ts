import type { FeatureSource } from './feature-source.js'
import { rowWeights } from './row-weights.js'
import { standardise, type Standardisation } from './standardise.js'
import type { ColumnGroup, TrainingSet } from './training-set.js'

/** Adjacent columns, and the features that they read with their means and deviations. */
export interface StandardisedGroup extends ColumnGroup {
  readonly standardisation: Standardisation
}

/** A training set with the means and deviations of its features. */
export interface StandardisedSet extends TrainingSet {
  readonly groups: readonly StandardisedGroup[]
}

/** @param rowWeight [count] default: as in training on all rows */
export async function standardiseSet(set: TrainingSet, rowWeight = rowWeights(set)): Promise<StandardisedSet> {
  const groups = await byFeatures(set.groups, async (group) => ({
    standardisation: await standardise(group.features, rowWeight),
  }))
  return { ...set, groups }
}

/** Extends every group by what is computed of its features, once for those that share them. */
export async function byFeatures<G extends ColumnGroup, T extends object>(
  groups: readonly G[],
  compute: (group: G) => Promise<T>,
): Promise<(G & T)[]> {
  const known = new Map<FeatureSource, T>()
  const extended: (G & T)[] = []
  for (const group of groups) {
    const own = known.get(group.features) ?? (await compute(group))
    known.set(group.features, own)
    extended.push({ ...group, ...own })
  }
  return extended
}

/** Typical norm of a row of standardised features: the greatest of all groups. */
export function rowLengthOf({ groups }: Pick<StandardisedSet, 'groups'>): number {
  return Math.max(0, ...groups.map(({ standardisation }) => standardisation.rowLength))
}
