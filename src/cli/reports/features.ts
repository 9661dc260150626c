import { were } from '../../core/numbers.js'
import type { FeaturesResult } from '../../workflow/extract-features.js'
import type { MergeResult } from '../../workflow/merge-features.js'
import type { WorkerJob } from '../../workflow/run-worker.js'
import { count, duration, printable, shellArgument } from '../format.js'
import { shownPath } from './paths.js'

/** The result of `extend features DIR`. */
export function describeFeatures({ images, views, computed, unreadable, part, seconds }: FeaturesResult): string {
  return [
    `The cache has ${count(images, 'image')} in ${count(views, 'view')}; ${computed} computed in ${duration(seconds)}.`,
    ...(unreadable.length > 0 ? [`Left out: ${count(unreadable.length, 'image')} that could not be read.`] : []),
    ...(part === null
      ? []
      : [
          `Part    ${shownPath(part)}`,
          `Then    extend features --merge ${shellArgument(shownPath(part))}, where it is to be used`,
        ]),
  ].join('\n')
}

/** The result of `extend features --merge`. */
export function describeMerge({ parts, views, added }: MergeResult): string {
  return `Read ${count(views, 'view')} from ${count(parts, 'part')}; ${added} ${were(added)} new.`
}

/** A worker's job, on one line. */
export function describeJob({ job, images, computed, seconds }: WorkerJob): string {
  return `Job ${printable(job)}: ${count(images, 'image')}, ${count(computed, 'view')} computed in ${duration(seconds)}`
}
