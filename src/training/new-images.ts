import type { IncrementFeatures } from '../bundle/parts.js'
import { describeFewImages } from '../classes/few-images.js'
import type { NewClass } from '../classes/labels.js'
import type { WatchedCall } from '../core/collect-warnings.js'
import type { Extractor } from '../features/extract.js'
import type { ViewOptions } from '../features/image-views.js'
import { withImages } from './image-counts.js'
import { tableOf, type ExtractedTable } from './image-table.js'
import { warnOfLookalikes } from './lookalikes.js'
import type { Addition } from './plan-addition.js'

/** The images of an addition as an increment, and what became of all that were given. */
export interface NewImages extends IncrementFeatures {
  readonly given: number
  readonly extracted: ExtractedTable
}

/**
 * Extracts the features of the images to add, and warns of classes that these say something odd of.
 *
 * @throws NpluskError `BAD_INPUT` naming a class of which no image could be read
 */
export async function newImages(
  extractor: Extractor,
  { name, classes, backbone }: Addition,
  { augment, seed }: ViewOptions,
  call: WatchedCall,
): Promise<NewImages> {
  const images = classes.flatMap(({ files, mergedInto }, label) => files.map((file) => ({ file, label, mergedInto })))
  const options = { ...call, augment, seed, stage: 'extract', dim: backbone.dim, oneClassEach: true } as const
  const extracted = await tableOf(extractor, images, options)
  const increment = { name, classes: withImages(classes, extracted) }
  const few = describeFewImages(increment.classes.filter((_, i) => isNew(classes[i]!)))
  if (few !== undefined) call.warn('FEW_IMAGES', few)
  warnOfLookalikes(extracted.table, classes, backbone.classes, call.warn)
  return { increment, table: extracted.table, given: images.length, extracted }
}

/** Whether a class learns from nothing but the new pictures. */
function isNew({ grows, mergedInto }: NewClass): boolean {
  return !grows && mergedInto === undefined
}
