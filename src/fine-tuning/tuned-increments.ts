import type { Bundle } from '../bundle/bundle.js'
import type { FineTuningRecord, Manifest } from '../bundle/manifest.js'
import { NpluskError } from '../core/errors.js'
import type { Remedy } from '../core/remedies.js'
import type { AddedHead } from '../head/added-head.js'
import { earlierLabel } from '../tables/grown-classes.js'
import type { Addition } from '../training/plan-addition.js'

/** The heads of the increments that a branch was trained with; they stay as they are. */
export async function tunedHeads(bundle: Bundle): Promise<AddedHead[]> {
  const { fineTuning } = bundle.manifest.training
  return fineTuning === undefined ? [] : (await bundle.heads()).slice(0, fineTuning.increments)
}

/** The fewest images of a class, of which one is held out; and the fewest old images. */
const [leastImages, leastOldImages] = [5, 20]

/**
 * Refuses to fine-tune what cannot be.
 *
 * @throws NpluskError `CONFLICT` for a bundle of an earlier version, and for classes to be merged into old ones;
 *   `BAD_INPUT` for a class of too few images
 */
export function refuseFineTuning({ backbone, classes }: Addition): void {
  const refuse = (message: string, remedy?: Remedy): never => {
    throw new NpluskError('CONFLICT', message, { remedy })
  }
  if (backbone.layers.every(({ name }) => name !== 'bottleneck')) {
    refuse(
      'The bundle is of an earlier version, and its layers are not known; fine-tune the base model it was made of.',
    )
  }
  const merged = classes.find(({ mergedInto }) => mergedInto !== undefined)
  if (merged !== undefined) {
    const message = `Fine-tuning is for classes of their own, and "${merged.folder}" would be merged into an old one.`
    refuse(message, { kind: 'keep-apart-instead' })
  }
  for (const { files, folder } of classes) refuseFewImages(files.length, folder)
}

/**
 * Refuses a class with too few images to fine-tune with.
 *
 * @throws NpluskError `BAD_INPUT`
 */
export function refuseFewImages(images: number, folder: string): void {
  if (images >= leastImages) return
  const message = `Fine-tuning needs at least ${leastImages} different images of each class, and "${folder}" has ${images}; give more, or leave it out.`
  throw new NpluskError('BAD_INPUT', message)
}

/**
 * Refuses too few old images to fine-tune with.
 *
 * @throws NpluskError `BAD_INPUT`
 */
export function refuseFewOldImages(images: number): void {
  if (images >= leastOldImages) return
  const message = `Fine-tuning needs at least ${leastOldImages} different images of old classes, and there are ${images}.`
  throw new NpluskError('BAD_INPUT', message, { remedy: { kind: 'give-old-images' } })
}

/**
 * Refuses images for classes that a branch was trained with.
 *
 * @param given labels of classes that get images
 * @param remedy what else can be done about it
 * @throws NpluskError `CONFLICT`
 */
export function refuseTunedGrowth(manifest: Manifest | undefined, given: readonly string[], remedy?: Remedy): void {
  const { increments = [], training } = manifest ?? {}
  const grown = earlierLabel(increments.slice(0, training?.fineTuning?.increments ?? 0), given)
  if (grown === undefined) return
  const message = `"${grown}" was fine-tuned with the pictures it had and takes no more; leave it out, or fine-tune all classes again, with all their pictures.`
  throw new NpluskError('CONFLICT', message, { remedy })
}

/** What stays of fine-tuning where classes are removed: all of it, or nothing. */
export interface TunedRest {
  readonly fineTuning?: FineTuningRecord
  readonly frozen: readonly AddedHead[]
}

/**
 * Keeps the heads that were trained with a branch, unless their increment goes.
 *
 * @param placesOf the classes that go, by the name of their increment
 * @throws NpluskError `CONFLICT` where some of the classes that were trained together go, and others stay
 */
export async function tunedRest(
  bundle: Bundle,
  placesOf: ReadonlyMap<string, ReadonlySet<number>>,
): Promise<TunedRest> {
  const { increments, training } = bundle.manifest
  const { fineTuning } = training
  if (fineTuning === undefined) return { frozen: [] }
  const tuned = increments[0]!
  const gone = placesOf.get(tuned.name)?.size ?? 0
  if (gone === 0) return { fineTuning, frozen: await tunedHeads(bundle) }
  if (gone === tuned.classes.length) return { frozen: [] }
  const message = `The classes of "${tuned.name}" were fine-tuned together and can go only together; remove the increment, and add the others again without this one.`
  throw new NpluskError('CONFLICT', message)
}
