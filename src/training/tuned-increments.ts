import type { Bundle } from '../bundle/bundle.js'
import type { FineTuningRecord, Manifest } from '../bundle/manifest.js'
import { cutsFor, type Depth } from '../branch/cut.js'
import { hasBranch } from '../branch/graft.js'
import { NpluskError } from '../core/errors.js'
import type { AddedHead } from '../head/added-head.js'
import type { Addition } from './plan-addition.js'

/** The heads of the increments that a branch was trained with; they stay as they are. */
export async function tunedHeads(bundle: Bundle): Promise<AddedHead[]> {
  const { fineTuning } = bundle.manifest.training
  return fineTuning === undefined ? [] : (await bundle.heads()).slice(0, fineTuning.increments)
}

/** The fewest images of a class, of which one is held out. */
const leastImages = 5

/**
 * Refuses to fine-tune what cannot be.
 *
 * @throws NpluskError `CONFLICT` for a bundle that has added classes or a branch, or classes to be merged into old
 *   ones; `BAD_INPUT` for a class of too few images; as `cutsFor`
 */
export function refuseFineTuning({ bundle, backbone, classes }: Addition, depth: Depth): void {
  if (bundle && (bundle.manifest.increments.length > 0 || hasBranch(backbone))) {
    const message = `${bundle.folder} has been extended, and the images for that are not at hand to fine-tune with; extend the base model with all of them at once.`
    throw new NpluskError('CONFLICT', message)
  }
  const merged = classes.find(({ mergedInto }) => mergedInto !== undefined)
  if (merged !== undefined) {
    const message = `Fine-tuning is for classes of their own, and "${merged.folder}" would be merged into an old one.`
    throw new NpluskError('CONFLICT', message, { remedy: { kind: 'keep-apart' } })
  }
  for (const { files, folder } of classes) refuseFewImages(files.length, folder)
  cutsFor(backbone, depth)
}

/**
 * Refuses a class with too few images to fine-tune with.
 *
 * @throws NpluskError `BAD_INPUT`
 */
export function refuseFewImages(images: number, folder?: string): void {
  if (images >= leastImages) return
  const what = folder === undefined ? 'one has' : `"${folder}" has`
  const message = `Fine-tuning needs at least ${leastImages} images of each class, and ${what} ${images}; give more, or leave it out.`
  throw new NpluskError('BAD_INPUT', message)
}

/**
 * Refuses images for classes that a branch was trained with.
 *
 * @throws NpluskError `CONFLICT`
 */
export function refuseTunedGrowth({ bundle, classes }: Pick<Addition, 'bundle' | 'classes'>): void {
  const labels = new Set(tunedLabels(bundle?.manifest))
  const grown = classes.find(({ label, grows }) => grows && labels.has(label))
  if (grown === undefined) return
  const message = `"${grown.folder}" would give the fine-tuned class "${grown.label}" more pictures, and it was trained with those it had.`
  throw new NpluskError('CONFLICT', message, { remedy: { kind: 'keep-apart' } })
}

/** Labels of the classes that a branch was trained with. */
function tunedLabels(manifest: Manifest | undefined): string[] {
  const { increments = [], training } = manifest ?? {}
  const tuned = increments.slice(0, training?.fineTuning?.increments ?? 0)
  return tuned.flatMap(({ classes }) => classes.map(({ label }) => label))
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
  const message = `The classes of "${tuned.name}" were fine-tuned together and can go only together; remove the increment, or add the others again without this one.`
  throw new NpluskError('CONFLICT', message)
}
