import { NpluskError } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import type { Preprocess } from '../image/types.js'
import type { ClassifierFile } from './classifier-file.js'
import type { Convention, Normalisation } from '../backbone/normalisation.js'
import { pinOf, type InputTrial } from './pinned-input.js'
import type { BackboneRecipe } from '../backbone/prepare.js'
import { addedImages, fewestPhotographs, noSamples, oldImages, type Samples } from './trial-images.js'
import { tryConventions } from './try-conventions.js'
import { possibleConventions } from './usual-input.js'
import { leastMargin } from './weigh-trial.js'

/** Answers of so many classes tell a right convention without knowing which are right. */
const manyClasses = 100

/** How pixels get into a classifier, and how that was found out. */
export interface FoundInput {
  readonly preprocess: Preprocess
  /** `undefined` where the graph takes uint8 pixels as they are. */
  readonly normalisation: Normalisation | undefined
  /** The convention's name, where it is a usual one. */
  readonly convention: string | undefined
  /**
   * Who said how the values are scaled: `options`, a file's name, `metadata`, `input type` (uint8), `graph` (its first
   * nodes), `trial`.
   */
  readonly source: string
  /** Who said how pictures are resized and cropped; `usual` where nobody did. */
  readonly sizeSource: string
  /** False where the guess may well be wrong. */
  readonly isSure: boolean
  readonly trial?: InputTrial
}

export interface FindInputOptions extends CallOptions {
  readonly samples?: Samples
  /** Where findings are kept. @default they are not */
  readonly pins?: string
}

/**
 * Finds out how a classifier's input is scaled: from what is said about it, else by what its first nodes tell, else by
 * trying the usual conventions on old photographs, and with fewer than eight of those on drawings too. What was found
 * by trial is kept, so that later runs cannot differ; a finding that was not sure yields to one that is.
 *
 * @throws NpluskError `BAD_MODEL` where the conventions have to be tried and the runtime refuses the graph
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
  const asked = { conventions: possible.conventions, preprocess, head, bottleneck, layout: location.input.layout }
  const pin = options.pins === undefined ? undefined : pinOf(options.pins, sha256, asked)
  const kept = await pin?.read()
  const { old } = options.samples ?? noSamples
  let trial = kept
  if (kept === undefined || (!isSure(kept) && old.length >= fewestPhotographs)) {
    const found = await tryOn(source, recipe, possible.conventions, preprocess, options)
    if (kept === undefined || isSure(found) || kept.chosen.name === found.chosen.name) {
      trial = found
      await pin?.write(found)
      if (kept && kept.chosen.name !== found.chosen.name) options.onProgress?.(changed(source.file, kept, found))
    }
  }
  const { normalisation, name: convention } = trial!.chosen
  return { ...common, normalisation, convention, source: 'trial', isSure: isSure(trial!), trial: trial! }
}

/**
 * Only pictures of its own classes say surely what a classifier wants, and these only by their right answers, by the
 * statistics of its training pictures, or where there are very many answers: of few a wrong convention may well give
 * clearer ones.
 */
function isSure({ margin, photographs, labelled, statistics, classes }: InputTrial): boolean {
  const tells = labelled > 0 || statistics || classes >= manyClasses
  return margin >= leastMargin && photographs >= fewestPhotographs && tells
}

/** New photographs are asked only where drawings, and what there is of old ones, tell nothing. */
async function tryOn(
  { model, named }: ClassifierFile,
  recipe: BackboneRecipe,
  conventions: readonly Convention[],
  preprocess: Preprocess,
  options: FindInputOptions,
): Promise<InputTrial> {
  const samples = options.samples ?? noSamples
  const { images, photographs } = await oldImages(preprocess, samples, named.classes)
  const drawings = images.length - photographs
  try {
    const trial = await tryConventions(model, recipe, conventions, images, options)
    return { ...trial, photographs: trial.images - drawings, drawings, added: 0 }
  } catch (error) {
    const isSilent = error instanceof NpluskError && error.code === 'BAD_MODEL'
    if (!isSilent || photographs >= fewestPhotographs || samples.added.length === 0) throw error
    const added = await addedImages(preprocess, samples)
    const trial = await tryConventions(model, recipe, conventions, [...images, ...added], options)
    return { ...trial, photographs, drawings, added: added.length }
  }
}

function changed(
  file: string,
  before: InputTrial,
  now: InputTrial,
): Parameters<NonNullable<CallOptions['onProgress']>>[0] {
  const message = `${file} was taken to want "${before.chosen.name}", which was a guess; on old photographs it is "${now.chosen.name}", which counts from now on. Bundles made before keep theirs: make them again.`
  return { type: 'warning', code: 'PREPROCESSING_CHANGED', message }
}
