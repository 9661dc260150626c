import type { FoundInput } from './find-input.js'
import type { Normalisation } from '../backbone/normalisation.js'
import { minMargin } from './weigh-trial.js'

/** How a classifier's input is normalised, and how that is known. Plain JSON, kept in a bundle's manifest. */
export interface InputRecord {
  /** `null` where the graph takes uint8 pixels as they are. */
  readonly values: Normalisation | null
  /** Name of the convention, where it is a usual one. */
  readonly convention: string | null
  /**
   * Source of `values`: `options`, a file's name, `metadata`, `input type`, `graph` (its first nodes), `trial` or
   * `known`.
   */
  readonly source: string
  /** Source of size, resizing and cropping; `usual` where nothing gives them. */
  readonly sizeSource: string
  /** False where `values` is a guess that may well be wrong. */
  readonly sure: boolean
  /** The evidence for `values`, as text for display. */
  readonly evidence: string
}

/** Nothing in the file of a network with one channel says whether it expects bright on dark or dark on bright. */
const polarity =
  'colours become their brightness, and bright is taken to be bright: turn pictures over where it was trained on white on black and they are black on white'

export function inputRecord(found: FoundInput): InputRecord {
  const values = found.normalisation ?? null
  const convention = found.convention ?? null
  if (found.known !== undefined) return { ...knownInput(found.known), values, convention }
  return {
    values,
    convention,
    source: found.source,
    sizeSource: found.sizeSource,
    sure: found.isSure,
    evidence: found.normalisation?.channels === 'L' ? `${evidenceFor(found)}; ${polarity}` : evidenceFor(found),
  }
}

/** The record of a known model, whose graph takes pixels as they are. */
export function knownInput(title: string): InputRecord {
  return {
    values: null,
    convention: null,
    source: 'known',
    sizeSource: 'known',
    sure: true,
    evidence: `${title} is a known model`,
  }
}

/** The evidence as a clause. */
function evidenceFor({ source, trial }: FoundInput): string {
  if (trial) {
    const { photographs, added, drawings } = trial
    const images = [
      ...(photographs > 0 ? [`${photographs} old photographs`] : []),
      ...(drawings > 0 ? [`${drawings} drawings that come with nplusk`] : []),
      ...(added > 0 ? [`${added} new photographs, for want of better ones`] : []),
    ]
    const tried = `tried ${trial.scores.length} usual ways on ${images.join(' and ')}`
    const ruledOut = trial.scores.filter((score) => score.ruledOut).length
    const how = [
      ...(ruledOut > 0 ? [`${ruledOut} ruled out by the size of the values inside`] : []),
      ...(trial.labelled > 0 ? [`judged by the right answers to ${trial.labelled}`] : []),
    ]
    const near = trial.near.length > 0 ? `; ${trial.near.map((name) => `"${name}"`).join(', ')} would do as well` : ''
    return [tried, ...how].join(', ') + `; ${outcome(trial)}${near}`
  }
  if (source === 'options') return 'as the options say'
  if (source === 'input type') return 'its input is uint8'
  if (source === 'graph') return 'as the first nodes of its graph tell'
  return `as ${source === 'metadata' ? 'its metadata' : source} says`
}

function outcome({ margin, rival }: NonNullable<FoundInput['trial']>): string {
  if (rival === undefined) return 'no other one gives different answers'
  return margin >= minMargin
    ? `its answers are best under this one, ${margin.toFixed(1)} standard errors ahead of "${rival}"`
    : `its answers do not tell this one from "${rival}", and this one is the more usual`
}

/** A normalisation as text: `RGB in 0..1, minus 0.485 0.456 0.406, over 0.229 0.224 0.225`. */
export function valuesOf(normalisation: Normalisation | null | undefined): string {
  if (!normalisation) return 'the pixels as they are'
  const { channels, scale, mean, std } = normalisation
  const steps = [`${channels === 'L' ? 'brightness' : channels} in 0..${scale}`]
  if (mean.some((value) => value !== 0)) steps.push(`minus ${mean.join(' ')}`)
  if (std.some((value) => value !== 1)) steps.push(`over ${std.join(' ')}`)
  return steps.join(', ')
}
