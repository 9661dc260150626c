import { changedMeanwhile, readBundle } from '../../bundle/bundle.js'
import { revisionIdOf } from '../../bundle/history/revision-file.js'
import { joinedRows, pickedRows } from '../../features/feature-rows.js'
import { firstRows } from '../../features/table.js'
import { blockSource } from '../../head/feature-source.js'
import { standardise } from '../../head/standardise.js'
import { featureDistance, type TrainingSpread } from './feature-distance.js'

/** Rows that are read at once. */
const block = 256

/**
 * Reads the spread of the features that a bundle keeps: of all added images and of the old ones that they were trained
 * beside, each in its plain view, as a service sees images.
 *
 * @param options.model folder of the bundle
 * @param options.id of the revision that it must be at
 * @returns `undefined` where it keeps no features, as a bundle without increments and old images
 * @throws NpluskError `CONFLICT` where it is at another one by now; `BAD_BUNDLE`, `IO`
 */
export async function trainingSpread({
  model,
  id,
}: {
  readonly model: string
  readonly id: string
}): Promise<TrainingSpread | undefined> {
  const bundle = await readBundle(model)
  if (revisionIdOf(bundle.manifest).id !== id) throw changedMeanwhile(model)
  const increments = await bundle.increments()
  const old = await bundle.rehearsal()
  const tables = [...increments.map(({ table }) => table), ...(old === undefined ? [] : [old.table])]
  const source = blockSource(joinedRows(tables.map((table) => pickedRows(table.features, firstRows(table)))))
  const { count, dim } = source
  if (count === 0) return undefined
  const { mean, inverseDeviation } = await standardise(source, new Float32Array(count).fill(1))
  let sum = 0
  for (let start = 0; start < count; start += block) {
    const rows = await source.read(start, Math.min(start + block, count))
    for (let at = 0; at < rows.length; at += dim) {
      sum += featureDistance(rows.subarray(at, at + dim), { mean, inverseDeviation })
    }
  }
  return { mean, inverseDeviation, meanDistance: sum / count }
}
