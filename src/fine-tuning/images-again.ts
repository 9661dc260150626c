import type { CallOptions, OnProgress } from '../core/progress.js'
import { tableDims, type Backbone } from '../features/backbone.js'
import type { Extractor } from '../features/extract.js'
import type { FeatureTable } from '../features/table.js'
import { folderRehearsal } from '../rehearsal/rehearsal.js'
import { tableOf } from '../tables/image-table.js'
import type { Addition } from '../training/plan-addition.js'
import type { RebuildPlan } from '../training/rebuild.js'

/** New and old images with features of another backbone. */
export type ImagesAgain = Pick<RebuildPlan, 'increments' | 'files' | 'rehearsal'>

/**
 * Reads new and old images once more, one row each, through the backbone with its branch. What was left out the first
 * time stays so, as its varied views may have been the reason.
 *
 * @param rehearsal the folder of old images
 * @throws NpluskError as `tableOf`
 */
export async function imagesAgain(
  { increments: [increment], files = [], rehearsal: before, settings: { seed } }: RebuildPlan,
  { classes }: Addition,
  rehearsal: string,
  grown: Backbone,
  extractor: Extractor,
  { signal, onProgress }: CallOptions,
): Promise<ImagesAgain> {
  const options = { signal, onProgress: progressAlone(onProgress), augment: 0, seed }
  const used = filesOf(increment!.table, files)
  const images = classes.flatMap((one, label) => one.files.map((file) => ({ file, label })))
  const again = { ...options, stage: 'extract-branch', ...tableDims(grown), oneClassEach: true } as const
  const { table, files: read } = await tableOf(
    extractor,
    images.filter(({ file }) => used.has(file)),
    again,
  )
  const old = { ...options, stage: 'rehearse-branch', only: filesOf(before!.table, before!.files!) } as const
  return {
    increments: [{ increment: increment!.increment, table }],
    files: read,
    rehearsal: await folderRehearsal(rehearsal, grown, extractor, old),
  }
}

function filesOf({ file }: Pick<FeatureTable, 'file'>, files: readonly string[]): ReadonlySet<string> {
  return new Set(Array.from(file, (number) => files[number]!))
}

/** Progress without the warnings, which came the first time. */
function progressAlone(onProgress: OnProgress | undefined): OnProgress {
  return (event) => {
    if (event.type === 'progress') onProgress?.(event)
  }
}
