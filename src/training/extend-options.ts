import { NpluskError } from '../core/errors.js'
import { defaultHead, headChoices, type HeadChoice } from '../head/head-kind.js'
import { defaultAugment, defaultPrior, defaultSeed } from './defaults.js'
import type { ChangeOptions } from '../bundle/history/change-options.js'
import type { TrainingRecord } from '../bundle/manifest.js'
import { cacheDirOf } from '../catalog/cache-folder.js'
import type { Remedy } from '../core/remedies.js'
import type { ReportOptions } from '../core/report-options.js'
import type { Depth } from '../branch/cut.js'
import type { Overlap } from '../classes/labels.js'
import type { ClassFolder } from '../folders/folder.js'
import type { ModelOptions } from '../classifier/model-options.js'
import type { TrainingSettings } from './rebuild.js'
import type { Trainer } from './trainers.js'

export interface ExtendOptions extends ModelOptions, ChangeOptions {
  /**
   * Folders that hold one folder of images per class, or the images of a single class; together they form one
   * increment.
   */
  readonly add: readonly string[]
  /** Classes by their files, for callers that do not keep them in folders; beside those of `add`. @default none */
  readonly classes?: readonly ClassFolder[]
  /** Where to write the bundle. @default the bundle that is extended, or `extended` for a base model */
  readonly out?: string
  /**
   * Old images for rehearsal: `builtin`, `none`, or a folder.
   * @default the bundle's own, else `builtin` where the model has a pack
   */
  readonly rehearsal?: string
  /**
   * What to do with a new class whose name is taken: keep the two apart, merge them, or refuse.
   * @default 'separate' for the name of an old class; 'merge' for that of a class added earlier, which then grows
   */
  readonly overlap?: Overlap
  /**
   * Largest loss of old accuracy that all added classes together may cause, a fraction in [0, 1).
   * @default the bundle's own, else 0.01 where there are old images
   */
  readonly maxOldDrop?: number
  /**
   * Prior probability that an image shows a new class, in (0, 1), stated for five new classes: the odds per class stay
   * the same for any number of classes.
   * @default the bundle's own, else 0.15
   */
  readonly prior?: number
  /**
   * Augmented views per training image, 0 to 100: a mirror image first, then mild crops and rotations. `auto`: one mild
   * variation of the images of small classes, if heads trained with it predict held-out images better.
   * @default 'auto'
   */
  readonly augment?: number | 'auto'
  /**
   * The layers that the added heads read: `auto` chooses them on held-out images, `default` takes those of the
   * features, and names, as `inspect` lists them, these.
   * @default as asked for before, else 'auto'
   */
  readonly layers?: 'auto' | 'default' | readonly string[]
  /** Keeps earlier added heads bit for bit instead of refitting all heads together. @default false */
  readonly freezeAdded?: boolean
  /**
   * Trains a copy of the network's last blocks for the new classes, the old ones staying as they are: so many blocks,
   * or `auto`. It takes long, needs a folder of `rehearsal` and the images of all added classes, and is dropped where
   * held-out images are not answered better. Training that was interrupted or dropped before goes on. @default none
   */
  readonly fineTune?: Depth
  /** How often fine-tuning goes through each image at most, earlier parts of the training included. @default 24 */
  readonly epochs?: number
  /** Minutes that fine-tuning trains for at most, earlier parts of the training included. @default no limit */
  readonly minutes?: number
  /** Whether to say so where fine-tuning finds no earlier part of this training to go on with. @default false */
  readonly resume?: boolean
  /**
   * The kind of the new heads: `softmax`, linear in the features; `svm`, a support vector machine for each class;
   * `mlp`, a multilayer perceptron; `auto`, the one of these with the least loss on held-out images. Heads added
   * earlier are trained anew as the same kind, unless `freezeAdded` keeps them.
   *
   * @default the bundle's own, else 'softmax'
   */
  readonly head?: HeadChoice
  /** @default 'onnxruntime' */
  readonly trainer?: Trainer
  /** Name of the increment. @default the names of folders and `classes`, with a number if that name is taken */
  readonly name?: string
  /** @default 0 */
  readonly seed?: number
  /** Writes a page on what was learned, from the images held out in training. @default none */
  readonly report?: ReportOptions
  /**
   * Folder for TensorBoard's event files: loss and held-out figures by step, and the images by likeness, in a folder of
   * its own for each training. @default none
   */
  readonly tensorboard?: string
}

/** Options with every default that depends on neither the model nor the bundle. */
export type FullOptions = ExtendOptions &
  Required<Pick<ExtendOptions, 'cacheDir' | 'augment' | 'seed' | 'freezeAdded' | 'trainer'>>

/** @throws NpluskError `USAGE` for a value out of range */
export function withDefaults(options: ExtendOptions): FullOptions {
  const { augment = defaultAugment, seed = defaultSeed, freezeAdded = false, trainer = 'onnxruntime' } = options
  const full = { ...options, cacheDir: cacheDirOf(options), augment, seed, freezeAdded, trainer }
  checkRanges(full)
  return full
}

/**
 * Combines the options with the settings of an earlier training, and the defaults.
 *
 * @param earlier the training record of the bundle being extended
 */
export function trainingSettings(
  { seed, ...options }: FullOptions,
  earlier: TrainingRecord | undefined,
): Omit<TrainingSettings, 'augment'> & { readonly head: HeadChoice } {
  const prior = options.prior ?? earlier?.prior ?? defaultPrior
  const maxOldDrop = options.maxOldDrop ?? earlier?.maxOldDrop
  const layers = options.layers ?? earlier?.layers ?? 'auto'
  const head = options.head ?? earlier?.head ?? defaultHead
  return {
    head,
    seed,
    prior,
    ...(maxOldDrop === undefined ? {} : { maxOldDrop }),
    ...(layers === 'auto' ? {} : { layers }),
  }
}

/**
 * Checks the numbers that every training takes, also one that only measures.
 *
 * @throws NpluskError `USAGE` for one out of range
 */
export function checkTrainingNumbers({
  maxOldDrop,
  prior,
  seed,
}: Pick<ExtendOptions, 'maxOldDrop' | 'prior' | 'seed'>): void {
  if (maxOldDrop !== undefined && !(maxOldDrop >= 0 && maxOldDrop < 1)) {
    throw new NpluskError('USAGE', `maxOldDrop must be a fraction from 0 to 1, such as 0.01, not ${maxOldDrop}.`)
  }
  if (prior !== undefined && !(prior > 0 && prior < 1)) {
    throw new NpluskError('USAGE', `prior must lie between 0 and 1, such as 0.25, not ${prior}.`)
  }
  if (seed !== undefined && !Number.isSafeInteger(seed))
    throw new NpluskError('USAGE', `seed must be a whole number, not ${seed}.`)
}

function checkRanges(options: FullOptions): void {
  const { add, classes = [], augment, layers, head } = options
  if (add.length + classes.length === 0)
    throw new NpluskError('USAGE', 'Nothing to add: name at least one folder of images.')
  checkTrainingNumbers(options)
  if (augment !== 'auto' && !(Number.isInteger(augment) && augment >= 0 && augment <= 100)) {
    throw new NpluskError('USAGE', `augment must be auto or a whole number from 0 to 100, not ${augment}.`)
  }
  if (layers !== undefined && layers !== 'auto' && layers !== 'default' && !isNames(layers)) {
    throw new NpluskError('USAGE', `layers must be auto, default or names of layers, not ${JSON.stringify(layers)}.`)
  }
  if (head !== undefined && !headChoices.includes(head)) {
    throw new NpluskError('USAGE', `head must be one of ${headChoices.join(', ')}, not ${String(head)}.`)
  }
  checkFineTuning(options)
}

function checkFineTuning({ fineTune, epochs, minutes, resume, rehearsal, freezeAdded }: FullOptions): void {
  const refuse = (message: string, remedy?: Remedy): never => {
    throw new NpluskError('USAGE', message, { remedy })
  }
  if (fineTune === undefined) {
    if (epochs !== undefined || minutes !== undefined)
      refuse('epochs and minutes say how long to fine-tune, which is not asked for.')
    if (resume) refuse('resume goes on with fine-tuning, which is not asked for.')
    return
  }
  if (fineTune !== 'auto' && !(Number.isInteger(fineTune) && fineTune > 0)) {
    refuse(`fineTune must be auto or a number of blocks, not ${fineTune}.`)
  }
  if (epochs !== undefined && !(epochs >= 1 && epochs <= 1000)) refuse(`epochs must be from 1 to 1000, not ${epochs}.`)
  if (minutes !== undefined && !(minutes > 0)) refuse(`minutes must be more than 0, not ${minutes}.`)
  if (freezeAdded) {
    refuse('Fine-tuning trains all added classes together, so none of them can stay as it is.', {
      kind: 'unfreeze-once',
    })
  }
  if (rehearsal === undefined || rehearsal === 'builtin' || rehearsal === 'none') {
    refuse('Fine-tuning needs photographs of old classes, as of the built-in ones features alone are kept.', {
      kind: 'give-old-images',
    })
  }
}

function isNames(layers: unknown): boolean {
  return Array.isArray(layers) && layers.length > 0 && layers.every((name) => typeof name === 'string')
}
