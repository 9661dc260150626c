import { createHash } from 'node:crypto'
import { NpluskError } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import type { Preprocess } from '../image/types.js'
import type { LoadedModel } from '../onnx/model.js'
import type { ClassifierFile } from './classifier-file.js'
import type { Convention, Normalisation } from '../backbone/normalisation.js'
import { pinOf, type InputTrial } from './pinned-input.js'
import type { BackboneRecipe } from '../backbone/prepare.js'
import { addedImages, minPhotographs, noSamples, oldImages, type Samples } from './trial-images.js'
import { tryConventions } from './try-conventions.js'
import { possibleConventions } from './usual-input.js'
import { minMargin } from './weigh-trial.js'

/** With at least this many classes, the answers reveal the right convention even if the right answers are not known. */
const manyClasses = 100

/** How an image becomes a classifier's input, and how that is known. */
export interface FoundInput {
  readonly preprocess: Preprocess
  /** `undefined` where the graph takes uint8 pixels as they are. */
  readonly normalisation: Normalisation | undefined
  /** Name of the convention, where it is a usual one. */
  readonly convention: string | undefined
  /**
   * Source of the normalisation: `options`, a file's name, `metadata`, `input type` (uint8), `graph` (its first nodes),
   * `trial`.
   */
  readonly source: string
  /** Source of size, resizing and cropping; `usual` where nothing gives them. */
  readonly sizeSource: string
  /** False where the normalisation is a guess that may well be wrong. */
  readonly isSure: boolean
  /** The title of a known model, whose input the catalogue describes. */
  readonly known?: string | undefined
  readonly trial?: InputTrial
}

export interface FindInputOptions extends CallOptions {
  readonly samples?: Samples
  /** Folder where results of trials are pinned. @default they are not pinned */
  readonly pins?: string
}

/**
 * Determines how a classifier's input is normalised: from hints, else from the first nodes of its graph, else by trying
 * the usual conventions on photographs of old classes, and, with fewer than eight of those, on drawings too. The result
 * of a trial is pinned, so that later runs agree; one that was not certain is replaced once a later one is.
 *
 * @throws NpluskError `BAD_MODEL` where conventions have to be tried and ONNX Runtime refuses the graph
 */
export async function findInput(
  source: ClassifierFile,
  recipe: BackboneRecipe,
  preprocess: Preprocess,
  options: FindInputOptions,
): Promise<FoundInput> {
  const { location, hints, sources, sha256 } = source
  const common = { preprocess, sizeSource: sources.size ?? 'usual' }
  if (location.input.type === 'uint8') {
    const { channels = 'RGB' } = hints
    const normalisation: Normalisation | undefined =
      channels === 'BGR' ? { channels, scale: 255, mean: [0, 0, 0], std: [1, 1, 1] } : undefined
    return { ...common, normalisation, convention: undefined, source: 'input type', isSure: true }
  }
  const possible = possibleConventions(source, preprocess)
  const [first, ...others] = possible.conventions
  if (others.length === 0) {
    const { name: convention, normalisation } = first!
    return { ...common, normalisation, convention, source: possible.source, isSure: true }
  }
  const { head, bottleneck } = location
  const { layout } = location.input
  const isPinned = options.pins !== undefined
  const weights = isPinned && source.hasExternalData ? hashOfWeights(source.original) : undefined
  const trialSetup = { conventions: possible.conventions, preprocess, head, bottleneck, layout, weights }
  const pin = isPinned ? pinOf(options.pins, sha256, trialSetup) : undefined
  const pinned = await pin?.read()
  const { old } = options.samples ?? noSamples
  let trial = pinned
  if (pinned === undefined || (!isSure(pinned) && old.length >= minPhotographs)) {
    const found = await tryOn(source, recipe, possible.conventions, preprocess, options)
    if (pinned === undefined || isSure(found) || pinned.chosen.name === found.chosen.name) {
      trial = found
      await pin?.write(found).catch((error: unknown) => warnUnlessKept(error, options))
      if (pinned && pinned.chosen.name !== found.chosen.name) options.onProgress?.(changed(source.file, pinned, found))
    }
  }
  const { normalisation, name: convention } = trial!.chosen
  return { ...common, normalisation, convention, source: 'trial', isSure: isSure(trial!), trial: trial! }
}

/**
 * A trial is certain only on photographs of the old classes, and only where right answers, the statistics of the
 * training images or very many classes decide: with few classes, a wrong convention may well give clearer answers.
 */
function isSure({ margin, photographs, labelled, statistics, classes }: InputTrial): boolean {
  const canDecide = labelled > 0 || statistics || classes >= manyClasses
  return margin >= minMargin && photographs >= minPhotographs && canDecide
}

/** Photographs of new classes are used only where drawings and the old photographs at hand decide nothing. */
async function tryOn(
  { model, named }: ClassifierFile,
  recipe: BackboneRecipe,
  conventions: readonly Convention[],
  preprocess: Preprocess,
  options: FindInputOptions,
): Promise<InputTrial> {
  const samples = options.samples ?? noSamples
  const { images, photographs } = await oldImages(preprocess, samples, named.classes, options.signal)
  const drawings = images.length - photographs
  try {
    const trial = await tryConventions(model, recipe, conventions, images, options)
    return { ...trial, photographs: trial.images - drawings, drawings, added: 0 }
  } catch (error) {
    const isSilent = error instanceof NpluskError && error.code === 'BAD_MODEL'
    if (!isSilent || photographs >= minPhotographs || samples.added.length === 0) throw error
    const added = await addedImages(preprocess, samples, options.signal)
    const trial = await tryConventions(model, recipe, conventions, [...images, ...added], options)
    return { ...trial, photographs, drawings, added: added.length }
  }
}

/** SHA-256 of all weights, in their order. */
function hashOfWeights({ graph }: LoadedModel): string {
  const hash = createHash('sha256')
  for (const { rawData } of graph.initializer) hash.update(rawData)
  return hash.digest('hex')
}

/** A trial that cannot be kept, as in a cache that is read-only, is made again the next time. */
function warnUnlessKept(error: unknown, { onProgress }: CallOptions): void {
  if (!(error instanceof NpluskError && error.code === 'IO')) throw error
  onProgress?.({ type: 'info', message: `What the model's input is like is not kept: ${error.message}` })
}

function changed(
  file: string,
  before: InputTrial,
  now: InputTrial,
): Parameters<NonNullable<CallOptions['onProgress']>>[0] {
  const message = `${file} was taken to want "${before.chosen.name}", which was a guess; on old photographs it is "${now.chosen.name}", which counts from now on. Bundles made before keep theirs: make them again.`
  return { type: 'warning', code: 'PREPROCESSING_CHANGED', message }
}
