import type { CallOptions, OnProgress, ProgressEvent } from '../../core/progress.js'
import { extract, type Extraction, type Extractor, type HashedImage } from '../../features/extract.js'
import { keyedTable } from '../../features/keyed-table.js'
import type { FeatureTable } from '../../features/table.js'
import { variedView } from '../../image/augment.js'
import { plainView } from '../../image/types.js'
import { createRandom } from '../../math/random.js'
import { probeViews, type ViewProbe } from './views-pay.js'

/** What a choice of views goes by, beside the images themselves. */
export interface ViewChoice {
  /** Old images to probe with. @default none, and no probe: every class that is not full gets views */
  readonly rehearsal: FeatureTable | undefined
  /** [classes] number of images that the class of a label has already, */
  readonly earlierImages: readonly number[]
  /** and whether an image is one of them. */
  isKnown(label: number, features: Float32Array): boolean
}

/** Which views were taken. */
export interface ViewsTaken {
  /** [classes] augmented views of every image of the class. */
  readonly ofLabel: readonly number[]
  /** `null` where nothing had to be compared, or nothing could be. */
  readonly probe: ViewProbe | null
}

type ClassImage = HashedImage & { readonly label: number; readonly mergedInto?: number | undefined }

interface ChoiceOptions extends CallOptions {
  readonly dim: number
  readonly seed: number
}

/** Augmented views of an old image where those of new ones are chosen: none, as in rehearsal packs. */
export const rehearsalViews = 0
/** A class of more images than this learns nothing from further views of them (docs/lab-notes.md). */
export const fullClass = 100
/** The probe takes part of these images alone, which bounds what it costs. */
export const probedClasses = 10
export const probedImages = 40
/** A probe of fewer images would be guessing. */
export const fewestProbed = 20

/**
 * Computes a varied view of the images for which that pays: those of classes that are not full, if heads that are
 * trained with such views predict a sample of the images better than heads that are trained without. The views of the
 * sample are computed first. The choice depends on the images and the seed alone, not on what the store holds already.
 *
 * @param plain the images with their plain view, and their keys in the store
 * @returns the keys of all views
 */
export async function withChosenViews(
  extractor: Extractor,
  images: readonly ClassImage[],
  plain: Extraction,
  { rehearsal, earlierImages, isKnown }: ViewChoice,
  { dim, seed, signal, onProgress }: ChoiceOptions,
): Promise<Pick<Extraction, 'keys' | 'unreadable'> & { readonly taken: ViewsTaken }> {
  const featuresOf = (i: number) => extractor.store.read(plain.keys[i]![0]!).features.subarray(0, dim)
  const fresh = [...images.keys()].filter((i) => {
    if (plain.keys[i] === undefined) return false
    const { label } = images[i]!
    return earlierImages[label] === 0 || !isKnown(label, featuresOf(i))
  })
  const sizes = [...earlierImages]
  for (const i of fresh) sizes[images[i]!.label]!++
  const isScarce = (label: number) => sizes[label]! <= fullClass
  const scarce = fresh.filter((i) => isScarce(images[i]!.label))

  const keys = [...plain.keys]
  // Images that are left out for what their varied view gives; they count again where no such view is taken.
  const unreadable: Extraction['unreadable'][number][] = []
  const warnings: ProgressEvent[] = []
  let done = 0
  let reported = 0
  const progress = (own: number) => {
    reported = done + own
    onProgress?.({ type: 'progress', stage: 'views', done: reported, total: scarce.length, unit: 'images' })
  }
  const addViews = async (some: readonly number[]) => {
    if (some.length === 0) return
    const varied = some.map((i) => ({ ...images[i]!, views: [plainView, variedView(seed, images[i]!.hash)] }))
    const report: OnProgress = (event) => (event.type === 'progress' ? progress(event.done) : warnings.push(event))
    const extraction = await extract(extractor, varied, 'views', { signal, onProgress: report })
    some.forEach((i, place) => (keys[i] = extraction.keys[place]))
    unreadable.push(...extraction.unreadable)
    done += some.length
  }

  const sample = new Set(sampleOf(images, scarce, seed))
  const probe = await (async () => {
    if (rehearsal === undefined || sample.size < fewestProbed) return null
    await addViews([...sample])
    const labels = [...new Set(Array.from(sample, (i) => images[i]!.label))]
    const sampled = Array.from(sample, (i) => ({ ...images[i]!, label: labels.indexOf(images[i]!.label) }))
    const sampledKeys = Array.from(sample, (i) => keys[i])
    const { table } = keyedTable(extractor.store, sampled, sampledKeys, { dim })
    return probeViews(table, labels.length, rehearsal, { seed, signal })
  })()
  const pays = probe === null || probe.with < probe.without
  if (pays) {
    await addViews(scarce.filter((i) => done === 0 || !sample.has(i)))
    for (const warning of warnings) onProgress?.(warning)
  } else for (const i of sample) keys[i] = plain.keys[i]
  done = 0
  if (reported < scarce.length) progress(scarce.length)
  return {
    keys,
    unreadable: [...plain.unreadable, ...(pays ? unreadable : [])],
    taken: { ofLabel: sizes.map((_, label) => (pays && isScarce(label) ? 1 : 0)), probe },
  }
}

/** Some images of some of the classes, drawn by content. */
function sampleOf(images: readonly ClassImage[], scarce: readonly number[], seed: number): number[] {
  const ofLabel = new Map<number, number[]>()
  for (const i of scarce) {
    const { label } = images[i]!
    if (!ofLabel.has(label)) ofLabel.set(label, [])
    ofLabel.get(label)!.push(i)
  }
  const draw = (key: string) => createRandom(`views:${seed}:${key}`).next()
  const classes = createRandom(`views:${seed}`)
    .shuffle([...ofLabel.values()])
    .slice(0, probedClasses)
  return classes.flatMap((own) =>
    own
      .map((i) => ({ i, place: draw(images[i]!.hash) }))
      .sort((a, b) => a.place - b.place)
      .slice(0, probedImages)
      .map(({ i }) => i),
  )
}
