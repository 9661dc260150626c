import { resolve } from 'node:path'
import { checkWritable, isSamePlace } from '../bundle/place.js'
import { addedCount, type HeldOutRecord } from '../bundle/manifest.js'
import { throwIfAborted } from '../core/errors.js'
import type { CallOptions, Warn } from '../core/progress.js'
import type { PassedOverKind } from '../folders/passed-over.js'
import { openExtractor } from '../features/extractor.js'
import { findClasses, refuseTwins } from '../folders/class-folders.js'
import { preprocessReport, type PreprocessReport } from '../classifier/describe-input.js'
import { defaultAugment, defaultMaxOldDrop, defaultPrior } from '../training/defaults.js'
import { checkOptions, type ExtendOptions } from './extend-options.js'
import { tableOf } from '../training/image-table.js'
import { describeFewImages } from '../classes/few-images.js'
import { grownClasses, refuseGrowth, type GrownClass } from '../training/grown-classes.js'
import { nameIncrement } from '../classes/increment-name.js'
import { withoutKnown } from '../training/known-pictures.js'
import { nameClasses, type NewClass } from '../classes/labels.js'
import { warnOfLookalikes } from '../training/lookalikes.js'
import { cacheDirOf } from '../catalog/cache-folder.js'
import { openBackbone } from '../classifier/open-backbone.js'
import { rebuild } from '../training/rebuild.js'
import { openRehearsal } from '../training/rehearsal.js'
import { countOf, withImages, type ImageCounts } from '../training/image-counts.js'
import { samplesOf } from '../classifier/samples.js'
import { stopwatch } from '../core/stopwatch.js'
import { warnOfUseless } from '../training/useless.js'
import { checkTrainer } from '../training/trainers.js'

export interface ExtendResult {
  readonly bundle: string
  readonly classes: { readonly base: number; readonly added: number; readonly total: number }
  /** What was added; no label and no image where all pictures were known already: the bundle then has no such increment. */
  readonly increment: { readonly name: string; readonly labels: readonly string[]; readonly images: number }
  /** Classes added earlier that got more pictures. */
  readonly grown: readonly GrownClass[]
  /** What became of the files in the folders; `given` is the sum of the others. */
  readonly images: ImageCounts
  /** Files that belong to no class or are no pictures, by kind. */
  readonly passedOver: readonly PassedOverKind[]
  /** How many of `images.duplicate` are no exact copies: encoded again, made smaller or cropped a little. */
  readonly nearDuplicates: number
  /** Figures on images that the head they were taken with had not been trained on (cross-validation). */
  readonly heldOut: HeldOutRecord
  /** How pictures get into the base model, and how that is known. */
  readonly preprocess: PreprocessReport
  readonly warnings: readonly string[]
  readonly seconds: Readonly<Record<string, number>>
}

/**
 * Adds the classes in some folders to a classifier and writes the extended bundle.
 *
 * Nothing is written before everything has worked: a failure or an abort leaves an existing bundle as it was.
 *
 * @throws NpluskError for bad input, before any work is done where it can be told; see `ErrorCode`
 */
export async function extendModel(options: ExtendOptions): Promise<ExtendResult> {
  const { add, seed = 0, overlap, signal } = checkOptions(options)
  const warnings: string[] = []
  const onProgress: CallOptions['onProgress'] = (event) => {
    if (event.type === 'warning') warnings.push(event.message)
    options.onProgress?.(event)
  }
  const warn: Warn = (code, message, remedy) => onProgress({ type: 'warning', code, message, remedy })
  const call = { signal, onProgress }
  const time = stopwatch()

  await checkTrainer(options.trainer)
  const { folders, passedOver } = await findClasses(add, 'add', call)
  refuseTwins(folders)
  const { backbone, bundle } = await openBackbone({
    ...options,
    ...call,
    samples: await samplesOf(folders, options.rehearsal),
  })
  const out = resolve(options.out ?? (bundle ? bundle.folder : 'extended'))
  await checkWritable(out, bundle)
  const earlier = bundle?.manifest.increments ?? []
  const taken = new Set(earlier.map((increment) => increment.name))
  const { name, wanted } = nameIncrement(options.name, add, taken)
  const newClasses = nameClasses(folders, { increment: name, overlap, base: backbone.classes, earlier, warn })
  if (options.freezeAdded) refuseGrowth(newClasses)
  throwIfAborted(signal)

  await using extractor = await openExtractor(backbone, options)
  const { session } = extractor
  time.lap('model')
  const views = { augment: options.augment ?? defaultAugment, seed }
  const images = newClasses.flatMap(({ files, mergedInto }, label) =>
    files.map((file) => ({ file, label, mergedInto })),
  )
  const extracted = await tableOf(extractor, images, { ...call, ...views, stage: 'extract', dim: backbone.dim, oneClassEach: true }) // prettier-ignore
  const increment = { name, classes: withImages(newClasses, extracted) }
  const few = describeFewImages(increment.classes.filter((_, i) => isNew(newClasses[i]!)))
  if (few !== undefined) warn('FEW_IMAGES', few)
  warnOfLookalikes(extracted.table, newClasses, backbone.classes, warn)
  time.lap('extract')
  const rehearsal = await openRehearsal(options.rehearsal, backbone, bundle, extractor, {
    ...call,
    ...views,
    cacheDir: cacheDirOf(options),
  })
  time.lap('rehearse')

  const kept = bundle ? await bundle.increments() : []
  const { fresh, known } = withoutKnown(kept, { increment, table: extracted.table })
  const increments = [...kept, ...fresh]
  if (name !== wanted && fresh.length > 0) warn('NAME_TAKEN', `There is an increment "${wanted}" already; this one is called "${name}".`) // prettier-ignore
  const revision = (bundle && (await isSamePlace(out, bundle.folder)) ? bundle.manifest.revision : 0) + 1
  const prior = options.prior ?? bundle?.manifest.training.prior ?? defaultPrior
  const maxOldDrop = options.maxOldDrop ?? bundle?.manifest.training.maxOldDrop
  const settings = { ...views, prior, ...(maxOldDrop === undefined ? {} : { maxOldDrop }) }
  const frozen = bundle && options.freezeAdded ? await bundle.heads() : []
  const plan = {
    folder: out,
    revision,
    backbone,
    session,
    increments,
    rehearsal,
    settings,
    frozen,
    trainer: options.trainer,
  }
  const { manifest, fitted, heldOut } = await rebuild(plan, call, time.lap)
  warnOfUseless(
    fitted!.heldOut,
    { added: addedCount(manifest).added, maxOldDrop: maxOldDrop ?? defaultMaxOldDrop },
    warn,
  )
  if (fitted?.madeUpLeak !== undefined)
    warn('NO_REHEARSAL', withoutRehearsal(fitted.madeUpLeak), { kind: 'give-old-images-to-measure' })
  const grown = grownClasses(kept, fresh, newClasses, { before: bundle?.manifest.training.heldOut, now: heldOut })
  const brought = fresh.flatMap(({ increment: { classes } }) => classes)
  return {
    bundle: out,
    classes: { base: backbone.classes.length, ...addedCount(manifest) },
    grown: grown.classes,
    increment: {
      name,
      labels: brought.map(({ label }) => label),
      images: brought.reduce((sum, { images: count }) => sum + count, 0),
    },
    images: countOf(images, extracted, passedOver, known + grown.known),
    nearDuplicates: extracted.nearDuplicates,
    passedOver,
    heldOut: heldOut!,
    preprocess: preprocessReport(backbone),
    warnings,
    seconds: time.seconds(),
  }
}

/** Whether a class learns from nothing but the new pictures. */
function isNew({ grows, mergedInto }: NewClass): boolean {
  return !grows && mergedInto === undefined
}

function withoutRehearsal(leak: number): string {
  const share = leak < 0.005 ? 'less than 1 %' : `about ${(100 * leak).toFixed(0)} %`
  return `There were no old images to rehearse with: the new classes will take ${share} of old images, as estimated on features made up from the old head.`
}
