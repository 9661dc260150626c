import { readdir } from 'node:fs/promises'
import { assetPath } from '../core/assets.js'
import type { CallOptions } from '../core/progress.js'
import { loadImage } from '../image/decode.js'
import type { Preprocess } from '../image/types.js'
import type { ClassifierFile } from './classifier-file.js'
import type { InputHints } from './describe/hints.js'
import { usualConventions, withChannels, type Convention, type Normalisation } from './normalisation.js'
import type { BackboneRecipe } from './prepare.js'
import { isDecisive, tryConventions, type Trial } from './try-conventions.js'

/** Most images that the conventions are tried on: enough to tell them apart, few enough to take seconds. */
const trialImages = 24

/** With fewer photographs the drawings that come with the package are asked about too. */
const fewestPhotographs = 8

/** How pixels get into a classifier, and how that was found out. */
export interface FoundInput {
  readonly preprocess: Preprocess
  /** `undefined` where the graph takes uint8 pixels as they are. */
  readonly normalisation: Normalisation | undefined
  /** The convention's name, where it is a usual one. */
  readonly convention: string | undefined
  /** Who said how the values are scaled: `options`, a file's name, `metadata`, `input type` (uint8), `trial`. */
  readonly source: string
  /** Who said how pictures are resized and cropped; `usual` where nobody did. */
  readonly sizeSource: string
  /** False where the guess may well be wrong. */
  readonly isSure: boolean
  readonly trial?: Trial & { readonly photographs: number; readonly drawings: number }
}

/** Where nobody says otherwise: the central 87.5 % of the picture at 224 pixels, as most ImageNet classifiers are measured. */
export function preprocessOf({ location: { input }, hints }: ClassifierFile): Preprocess {
  return {
    width: input.width ?? hints.width ?? 224,
    height: input.height ?? hints.height ?? 224,
    resize: hints.resize ?? 'shorter',
    cropFraction: hints.cropFraction ?? 0.875,
    interpolation: hints.interpolation ?? 'bilinear',
  }
}

/**
 * Finds out how a classifier's input is scaled: from what is said about it, else by trying the usual conventions on
 * photographs, and with fewer than eight of those on drawings too.
 *
 * @throws NpluskError `BAD_MODEL` where the conventions have to be tried and the runtime refuses the graph
 */
export async function findInput(
  { location, hints, sources, model }: ClassifierFile,
  recipe: BackboneRecipe,
  preprocess: Preprocess,
  options: CallOptions & { readonly samples?: readonly string[] },
): Promise<FoundInput> {
  const common = { preprocess, sizeSource: sources.size ?? 'usual' }
  if (location.input.type === 'uint8') {
    const { channels = 'RGB' } = hints
    const normalisation: Normalisation | undefined =
      channels === 'BGR' ? { channels, scale: 255, mean: [0, 0, 0], std: [1, 1, 1] } : undefined
    return { ...common, normalisation, convention: undefined, source: 'input type', isSure: true }
  }
  const candidates = conventionsFor(hints)
  const only = candidates.length === 1 ? candidates[0] : undefined
  if (only) {
    const { name: convention, normalisation } = only
    return { ...common, normalisation, convention, source: sources.values ?? 'options', isSure: true }
  }
  const images = await samplesFor(preprocess, options.samples ?? [])
  const tried = await tryConventions(model, recipe, candidates, images.pixels, options)
  const trial = { ...tried, photographs: images.photographs, drawings: images.pixels.length - images.photographs }
  const { normalisation, name: convention } = trial.chosen
  const isSure = isDecisive(trial) && trial.photographs >= fewestPhotographs
  return { ...common, normalisation, convention, source: 'trial', isSure, trial }
}

/** The usual conventions that agree with what is said, or the one that follows from it. */
export function conventionsFor({ channels, scale, mean, std }: InputHints): Convention[] {
  const orders = channels ? [channels] : (['RGB', 'BGR'] as const)
  if (mean && std) {
    const usual = (wanted: Normalisation) =>
      usualConventions.find(({ normalisation }) => JSON.stringify(normalisation) === JSON.stringify(wanted))?.name
    return orders.map((order) => {
      const normalisation = { channels: order, scale: scale ?? 1, mean, std }
      return { name: usual(normalisation) ?? `mean ${mean.join(', ')}, std ${std.join(', ')}, ${order}`, normalisation }
    })
  }
  if (channels === undefined) return [...usualConventions]
  const turned = usualConventions.map(({ name, normalisation }) => ({
    name: normalisation.channels === channels ? name : `${name}, in ${channels}`,
    normalisation: withChannels(normalisation, channels),
  }))
  const keys = turned.map(({ normalisation }) => JSON.stringify(normalisation))
  return turned.filter((_, i) => keys.indexOf(keys[i]!) === i)
}

async function samplesFor(
  preprocess: Preprocess,
  files: readonly string[],
): Promise<{ pixels: Uint8Array[]; photographs: number }> {
  const pixels = await readable(evenly(files, trialImages), preprocess)
  const photographs = pixels.length
  if (photographs >= fewestPhotographs) return { pixels, photographs }
  const folder = assetPath('drawings')
  const drawings = (await readdir(folder)).sort().map((name) => `${folder}/${name}`)
  return { pixels: [...pixels, ...(await readable(drawings, preprocess))], photographs }
}

async function readable(files: readonly string[], preprocess: Preprocess): Promise<Uint8Array[]> {
  const results = await Promise.allSettled(files.map((file) => loadImage(file, preprocess)))
  // Whoever reads all images reports those that cannot be read.
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

/** At most `count` items at even distances. */
export function evenly<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items]
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!)
}
