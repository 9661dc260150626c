import type { IncrementFeatures } from '../bundle/parts.js'
import { describeFewImages } from '../classes/few-images.js'
import type { NewClass } from '../classes/labels.js'
import type { WatchedCall } from '../core/collect-warnings.js'
import { tableDims } from '../features/backbone.js'
import type { Extractor } from '../features/extract.js'
import type { FeatureTable } from '../features/table.js'
import { encodeFloat16 } from '../math/float16.js'
import type { FullOptions } from './extend-options.js'
import { withImages } from '../tables/image-counts.js'
import { tableOf, type ExtractedTable } from '../tables/image-table.js'
import { digestOfRow, knownDigests } from '../tables/known-pictures.js'
import { warnOfLookalikes } from './lookalikes.js'
import type { Addition } from './plan-addition.js'
import type { ViewChoice } from '../tables/views/choose-views.js'
import type { ViewProbe } from '../tables/views/views-pay.js'

/** Augmented views of the new images. */
export interface AugmentRecord {
  readonly asked: number | 'auto'
  /** Of every image of a class. */
  readonly perClass: readonly { readonly label: string; readonly views: number }[]
  /** What the choice went by; `null` where nothing was compared. */
  readonly probe: ViewProbe | null
}

/** What a bundle has learned from. */
export interface ImagesSoFar {
  readonly kept: readonly IncrementFeatures[]
  /** Old images to choose views with. */
  readonly rehearsal: FeatureTable | undefined
}

/** The images of an extension as an increment, with what became of every file. */
export interface NewImages extends IncrementFeatures {
  readonly given: number
  readonly extracted: ExtractedTable
  readonly augment: AugmentRecord
}

/**
 * Extracts the features of the images to add, and warns of classes with few images or that resemble an old class.
 *
 * Images that their class has already are among them, but have no say in the choice of views.
 *
 * @throws NpluskError `BAD_INPUT` naming a class without a usable image
 */
export async function newImages(
  extractor: Extractor,
  { name, classes, backbone }: Addition,
  { augment: asked, seed }: Pick<FullOptions, 'augment' | 'seed'>,
  { kept, rehearsal }: ImagesSoFar,
  call: WatchedCall,
): Promise<NewImages> {
  const images = classes.flatMap(({ files, mergedInto }, label) => files.map((file) => ({ file, label, mergedInto })))
  const augment = asked === 'auto' ? { rehearsal, ...knownImages(classes, kept) } : asked
  const options = { ...call, augment, seed, stage: 'extract', ...tableDims(backbone), oneClassEach: true } as const
  const extracted = await tableOf(extractor, images, options)
  const increment = { name, classes: withImages(classes, extracted) }
  const few = describeFewImages(increment.classes.filter((_, i) => isNew(classes[i]!)))
  if (few !== undefined) call.warn('FEW_IMAGES', few)
  warnOfLookalikes(extracted.table, classes, backbone.classes, call.warn)
  const viewsOf = (label: number) => (asked === 'auto' ? extracted.viewsTaken!.ofLabel[label]! : asked)
  const perClass = classes.map(({ label }, place) => ({ label, views: viewsOf(place) }))
  return {
    increment,
    table: extracted.table,
    given: images.length,
    extracted,
    augment: { asked, perClass, probe: extracted.viewsTaken?.probe ?? null },
  }
}

/** Whether a class has only the new images to learn from. */
function isNew({ grows, mergedInto }: NewClass): boolean {
  return !grows && mergedInto === undefined
}

/** The images that earlier increments hold of each class. */
function knownImages(
  classes: readonly NewClass[],
  kept: readonly IncrementFeatures[],
): Pick<ViewChoice, 'earlierImages' | 'isKnown'> {
  const earlier = kept.flatMap(({ increment }) => increment.classes)
  const countOf = (label: string) => {
    return earlier.reduce((sum, one) => sum + (one.label === label ? one.images : 0), 0)
  }
  const digests = knownDigests(kept, classes)
  return {
    earlierImages: classes.map(({ label }) => countOf(label)),
    isKnown: (label, features) => digests[label]?.has(digestOfRow(encodeFloat16(features))) ?? false,
  }
}
