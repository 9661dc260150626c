import { join } from 'node:path'
import { tableDims } from '../../src/features/backbone.js'
import { extract } from '../../src/features/extract.js'
import { sizeOfLayers } from '../../src/features/layers.js'
import { listClasses, type ClassFolder } from '../../src/folders/folder.js'
import { hashFile } from '../../src/core/hash-file.js'
import { plainView } from '../../src/image/types.js'
import { tableOf } from '../../src/tables/image-table.js'
import { nameClasses, type Overlap } from '../../src/classes/labels.js'
import type { IncrementFeatures } from '../../src/bundle/parts.js'
import { defaultAugment } from '../../src/training/defaults.js'
import { training } from './engine-defaults.js'
import type { Lab } from './lab.js'

/** Test images as the backbone sees them: features and base logits of their plain view. */
export interface TestSet {
  readonly name: string
  readonly files: readonly string[]
  readonly count: number
  readonly dim: number
  /** Row-major [count × dim]. */
  readonly features: Float32Array
  /** The features, then the further layers; row-major [count × (dim + F)]. */
  readonly layers: Float32Array
  /** N: number of base classes. */
  readonly oldClasses: number
  /** Row-major [count × N]. */
  readonly baseLogits: Float32Array
  /** [count] a base class, or a place among the set's class folders. */
  readonly label: Int32Array
}

/** The training images in `<data>/<name>/train` as one increment, made as `extend --add` makes it. */
export async function trainingIncrement(
  lab: Lab,
  name: string,
  overlap: Exclude<Overlap, 'error'>,
  augment: number | 'auto' = defaultAugment,
): Promise<IncrementFeatures> {
  const folders = await listClasses(join(lab.data, name, 'train'))
  const { classes: base } = lab.backbone
  const named = nameClasses(folders, { increment: name, overlap, base, earlier: [], warn: () => undefined })
  const images = named.flatMap(({ files, mergedInto }, label) => files.map((file) => ({ file, label, mergedInto })))
  const choice = { rehearsal: lab.rehearsal, earlierImages: named.map(() => 0), isKnown: () => false }
  const taken = { augment: augment === 'auto' ? choice : augment, seed: training.seed }
  const options = { ...lab.call, ...taken, stage: 'extract', ...tableDims(lab.backbone) } as const
  const { table, imagesOfLabel } = await tableOf(lab.extractor, images, options)
  const classes = named.map(({ files: _, grows: __, ...one }, label) => ({
    ...one,
    images: imagesOfLabel.get(label) ?? 0,
  }))
  return { increment: { name, classes }, table }
}

/**
 * The images in `<data>/<name>/val`, labelled by the place of their class; files that are in `train` too are left out.
 */
export async function newTestSet(lab: Lab, name: string): Promise<TestSet> {
  const trained = new Set<string>()
  const classes = await listClasses(join(lab.data, name, 'train'))
  for (const file of classes.flatMap(({ files }) => files)) trained.add(await hashFile(file))
  const places = new Map(classes.map(({ label }, place) => [label, place]))
  return testSet(lab, name, await listClasses(join(lab.data, name, 'val')), places, trained)
}

/** The images in `<data>/imagenet-test`, in folders named by WordNet id. */
export async function oldTestSet(lab: Lab): Promise<TestSet> {
  const places = new Map(lab.backbone.classes.map(({ wnid }, place) => [wnid!, place]))
  return testSet(lab, 'imagenet-test', await listClasses(join(lab.data, 'imagenet-test')), places, new Set())
}

async function testSet(
  { extractor, backbone, call }: Lab,
  name: string,
  folders: readonly ClassFolder[],
  places: ReadonlyMap<string, number>,
  leftOut: ReadonlySet<string>,
): Promise<TestSet> {
  const images: { file: string; hash: string; views: [typeof plainView]; label: number }[] = []
  for (const { label: folder, files } of folders) {
    const label = places.get(folder)
    if (label === undefined) throw new Error(`the test folder "${folder}" of ${name} names no class`)
    for (const file of files) {
      const hash = await hashFile(file)
      if (!leftOut.has(hash)) images.push({ file, hash, views: [plainView], label })
    }
  }
  const { keys } = await extract(extractor, images, 'evaluate', call)
  const readable = images.flatMap((image, i) => (keys[i] ? [{ ...image, key: keys[i][0]! }] : []))
  const count = readable.length
  const { dim } = backbone
  const oldClasses = backbone.classes.length
  const features = new Float32Array(count * dim)
  const all = sizeOfLayers(backbone.layers)
  const layers = new Float32Array(count * all)
  const baseLogits = new Float32Array(count * oldClasses)
  readable.forEach(({ key }, row) => {
    const bottleneck = extractor.store.read(key)
    features.set(bottleneck.features.subarray(0, dim), row * dim)
    layers.set(bottleneck.features, row * all)
    baseLogits.set(bottleneck.logits, row * oldClasses)
  })
  const label = Int32Array.from(readable, (image) => image.label)
  return { name, files: readable.map(({ file }) => file), count, dim, features, layers, oldClasses, baseLogits, label }
}
