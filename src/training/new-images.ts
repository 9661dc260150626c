import type { IncrementFeatures } from '../bundle/parts.js'
import { describeFewImages } from '../classes/few-images.js'
import type { NewClass } from '../classes/labels.js'
import type { WatchedCall } from '../core/collect-warnings.js'
import { tableDims } from '../features/backbone.js'
import type { Extractor } from '../features/extract.js'
import type { ViewOptions } from '../features/image-views.js'
import { withImages } from './image-counts.js'
import { tableOf, type ExtractedTable } from './image-table.js'
import { warnOfLookalikes } from './lookalikes.js'
import type { Addition } from './plan-addition.js'

/** The images of an extension as an increment, with what became of every file. */
export interface NewImages extends IncrementFeatures {
  readonly given: number
  readonly extracted: ExtractedTable
}

/**
 * Extracts the features of the images to add, and warns of classes with few images or that resemble an old class.
 *
 * @throws NpluskError `BAD_INPUT` naming a class without a usable image
 */
export async function newImages(
  extractor: Extractor,
  { name, classes, backbone }: Addition,
  { augment, seed }: ViewOptions,
  call: WatchedCall,
): Promise<NewImages> {
  const images = classes.flatMap(({ files, mergedInto }, label) => files.map((file) => ({ file, label, mergedInto })))
  const options = { ...call, augment, seed, stage: 'extract', ...tableDims(backbone), oneClassEach: true } as const
  const extracted = await tableOf(extractor, images, options)
  const increment = { name, classes: withImages(classes, extracted) }
  const few = describeFewImages(increment.classes.filter((_, i) => isNew(classes[i]!)))
  if (few !== undefined) call.warn('FEW_IMAGES', few)
  warnOfLookalikes(extracted.table, classes, backbone.classes, call.warn)
  return { increment, table: extracted.table, given: images.length, extracted }
}

/** Whether a class has only the new images to learn from. */
function isNew({ grows, mergedInto }: NewClass): boolean {
  return !grows && mergedInto === undefined
}
