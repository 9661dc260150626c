import type { Preprocess } from '../image/types.js'
import type { ClassifierFile } from './classifier-file.js'
import { exporterOf, likeliestFirst } from './describe/exporter.js'
import { conventionsInGraph } from './describe/graph-input.js'
import type { InputHints } from '../backbone/hints.js'
import {
  greyConventions,
  smallConventions,
  usualConventions,
  withChannels,
  type Convention,
  type Normalisation,
} from '../backbone/normalisation.js'

/** Up to this side, in pixels, networks usually see whole images; central crops belong to ImageNet recipes. */
const wholePictures = 128

/**
 * The resizing and cropping of a classifier. Without hints: the central 87.5 % at 224 pixels, as most ImageNet
 * classifiers are measured; for a small input, the whole image squashed to it.
 */
export function preprocessOf({ location: { input }, hints }: ClassifierFile): Preprocess {
  const width = input.width ?? hints.width ?? 224
  const height = input.height ?? hints.height ?? 224
  const isSmall = Math.max(width, height) <= wholePictures
  const resize = hints.resize ?? (isSmall && hints.cropFraction === undefined ? 'squash' : 'shorter')
  return {
    width,
    height,
    resize,
    cropFraction: hints.cropFraction ?? (isSmall || resize === 'squash' ? 1 : 0.875),
    interpolation: hints.interpolation ?? 'bilinear',
  }
}

/** The conventions that remain possible after everything known about a classifier, and the source of that. */
export interface PossibleConventions {
  /** At least one, the likeliest first. */
  readonly conventions: readonly Convention[]
  /** Source of the convention where there is only one: `options`, a file's name, `metadata` or `graph`. */
  readonly source: string
}

/** Combines what user, files, graph and exporter say about a classifier's normalisation. */
export function possibleConventions(
  { model, location: { input }, hints, sources }: ClassifierFile,
  { width, height }: Preprocess,
): PossibleConventions {
  const isGiven = hints.mean !== undefined && hints.std !== undefined
  const inGraph = isGiven ? undefined : conventionsInGraph(model, input.name, input.channels)
  const side = Math.min(width, height)
  const usual =
    inGraph ??
    (input.channels === 1
      ? greyConventions
      : side <= 64
        ? [...usualConventions, ...smallConventions]
        : usualConventions)
  const conventions = likeliestFirst(conventionsFor(hints, usual), exporterOf(model), side)
  const source = isGiven ? (sources.values ?? 'options') : 'graph'
  return { conventions, source }
}

/** The usual conventions that agree with the hints, or those that follow from them. */
function conventionsFor({ channels, scale, mean, std }: InputHints, usual: readonly Convention[]): Convention[] {
  if (mean && std) {
    const known = [...usualConventions, ...smallConventions, ...greyConventions]
    const nameOf = (wanted: Normalisation) =>
      known.find(({ normalisation }) => JSON.stringify(normalisation) === JSON.stringify(wanted))?.name
    const orders = channels ? [channels] : (['RGB', 'BGR'] as const)
    return orders.map((order) => {
      const normalisation = { channels: order, scale: scale ?? 1, mean, std }
      return {
        name: nameOf(normalisation) ?? `mean ${mean.join(', ')}, std ${std.join(', ')}, ${order}`,
        normalisation,
      }
    })
  }
  if (channels === undefined || channels === 'L') return [...usual]
  const reordered = usual.map(({ name, normalisation }) => ({
    name: normalisation.channels === channels ? name : `${name}, in ${channels}`,
    normalisation: withChannels(normalisation, channels),
  }))
  const keys = reordered.map(({ normalisation }) => JSON.stringify(normalisation))
  return reordered.filter((_, i) => keys.indexOf(keys[i]!) === i)
}
