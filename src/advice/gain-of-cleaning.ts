import type { HeldOutImageRecord } from '../calibration/held-out-records.js'
import type { CallOptions } from '../core/progress.js'
import type { DataSet } from './data-set/data-set.js'
import type { RankedLabel } from './findings.js'
import { heldOutScores, type HeldOutOptions } from './held-out.js'
import type { Gain } from './steps.js'

/** With fewer doubtful images, the difference is noise. */
const minShare = 0.01

/**
 * Measures what it brings to leave out the images that are probably mislabelled: the accuracy on the other ones, held
 * out, of heads trained with and without them.
 *
 * @param records the held-out images of the heads that were trained with them
 * @returns `null` where hardly any is doubtful
 */
export async function gainOfCleaning(
  dataSet: DataSet,
  firsts: readonly number[],
  mislabelled: readonly RankedLabel[],
  records: readonly HeldOutImageRecord[],
  options: HeldOutOptions,
): Promise<Gain | null> {
  const doubtful = new Set(mislabelled.filter(({ likely }) => likely).map(({ file }) => file))
  if (doubtful.size < minShare * dataSet.images.length || doubtful.size === 0) return null
  const without = new Set([...dataSet.images.keys()].filter((i) => doubtful.has(dataSet.images[i]!.file)))
  const cleaned = await heldOutScores(dataSet, firsts, { ...options, ...asStage(options, 'retrain'), without })
  const before = new Map(records.map(({ file, error }) => [file, error === null ? 1 : 0]))
  const others = cleaned.records.filter(({ file }) => before.has(file))
  if (others.length === 0) return null
  const gained = others.reduce((sum, { file, error }) => sum + (error === null ? 1 : 0) - before.get(file)!, 0)
  return { top1: gained / others.length, how: 'measured' }
}

/** A call whose training is reported as another stage. */
export function asStage({ signal, onProgress }: CallOptions, stage: 'retrain' | 'forecast'): CallOptions {
  return { signal, onProgress: (event) => onProgress?.(event.type === 'progress' ? { ...event, stage } : event) }
}
