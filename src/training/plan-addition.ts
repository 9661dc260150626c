import { resolve } from 'node:path'
import type { Bundle } from '../bundle/bundle.js'
import type { TrainingRecord } from '../bundle/manifest.js'
import { checkWritable } from '../bundle/place.js'
import { openBackbone } from '../classifier/open-backbone.js'
import { samplesOf } from '../classifier/samples.js'
import { nameIncrement } from '../classes/increment-name.js'
import { nameClasses, type NewClass } from '../classes/labels.js'
import type { WatchedCall } from '../core/collect-warnings.js'
import { throwIfAborted } from '../core/errors.js'
import type { Warn } from '../core/progress.js'
import type { Backbone } from '../features/backbone.js'
import { checkGivenClasses, findClasses, joinedFolders, refuseTwins } from '../folders/class-folders.js'
import type { PassedOverKind } from '../folders/passed-over.js'
import { classesAnew } from './classes-anew.js'
import type { ExtendOptions } from './extend-options.js'
import { layersLeft } from './layers-to-fit.js'

/** A planned extension: everything that is known before any features are computed. */
export interface Addition {
  readonly backbone: Backbone
  /** The bundle that is extended; `undefined` when a base model is. */
  readonly bundle: Bundle | undefined
  /** The bundle whose classes stay, with their images; `undefined` where they are trained anew from those given. */
  readonly earlier: Bundle | undefined
  /** Folder of the extended bundle. */
  readonly out: string
  /** The increment's name; `wanted` is the name without the number that it gets if that name is taken. */
  readonly name: string
  readonly wanted: string
  readonly classes: readonly NewClass[]
  /** Files that belong to no class or are not images, by kind. */
  readonly passedOver: readonly PassedOverKind[]
}

/**
 * Finds the classes, the model and the output folder, and refuses what cannot work.
 *
 * @throws NpluskError for bad input; see `ErrorCode`
 */
export async function planAddition(options: ExtendOptions, call: WatchedCall): Promise<Addition> {
  const given = checkGivenClasses(options.classes ?? [])
  const { folders: found, passedOver } = await findClasses(options.add, 'add', call)
  const isTuned = options.fineTune !== undefined
  // A class that grew comes with all of its folders again.
  const folders = isTuned ? joinedFolders([...found, ...given]) : [...found, ...given]
  refuseTwins(folders)
  const samples = await samplesOf(folders, options.rehearsal)
  const { backbone: opened, bundle } = await openBackbone({ ...options, ...call, samples })
  const backbone = isTuned ? await withoutItsBranch(opened) : opened
  const earlier = isTuned ? undefined : bundle
  const out = resolve(options.out ?? bundle?.folder ?? 'extended')
  await checkWritable(out, bundle)
  const increments = bundle?.manifest.increments ?? []
  const labels = given.map(({ label }) => label)
  const taken = new Set(earlier?.manifest.increments.map((one) => one.name))
  const { name, wanted } = nameIncrement(options.name, options.add, taken, labels)
  const { overlap } = options
  const naming = { increment: name, overlap, base: backbone.classes, earlier: increments, warn: call.warn }
  const named = nameClasses(folders, naming)
  const classes = bundle && isTuned ? classesAnew(bundle, named, overlap) : named
  throwIfAborted(call.signal)
  return { backbone, bundle, earlier, out, name, wanted, classes, passedOver }
}

/** Imported only here, as few additions train more than heads. */
async function withoutItsBranch(backbone: Backbone): Promise<Backbone> {
  const { withoutBranch } = await import('../branch/graft.js')
  return withoutBranch(backbone)
}

/** How the bundle was trained, but for layers of a branch that goes. */
export function trainedBefore({ bundle, backbone, earlier }: Addition): TrainingRecord | undefined {
  if (bundle === undefined || earlier !== undefined) return bundle?.manifest.training
  const { layers: asked, ...training } = bundle.manifest.training
  const layers = layersLeft(asked, backbone.layers)
  return { ...training, ...(layers === undefined ? {} : { layers }) }
}

/** Warns when the increment gets another name because its own is taken. */
export function warnOfName({ name, wanted }: Addition, warn: Warn): void {
  if (name !== wanted) warn('NAME_TAKEN', `There is an increment "${wanted}" already; this one is called "${name}".`)
}
