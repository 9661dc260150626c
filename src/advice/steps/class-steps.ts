import { percent } from '../../core/numbers.js'
import { quotedNames } from '../../core/quoted-names.js'
import type { Giveaway, GiveawayAttribute, OverlappingClass } from '../findings.js'
import { baseIncrement } from '../../bundle/manifest.js'
import type { Findings, WeightedStep } from './weighted-step.js'

/** A pair is worth a step from where so many of its images are taken for the other class. */
const minConfused = 0.05
const minConfusedImages = 3
/** Share of a class's images that one of another name must get before the two are said to be one. */
const minShare = 0.8

/** What to do about classes: what gives them away, those that exist already, and those that are alike. */
export function classSteps({ giveaways, overlap, similar, images, classes }: Findings): WeightedStep[] {
  const confused = similar.filter(
    ({ score, taken }) => score >= minConfused && taken[0] + taken[1] >= minConfusedImages,
  )
  return [
    ...giveaways.map(giveawayStep),
    ...overlapSteps(overlap, classes),
    ...confused.slice(0, 3).map(({ labels, taken, files, score }): WeightedStep => {
      const wrong = taken[0] + taken[1]
      return {
        kind: 'similar',
        message: `${quotedNames(labels, 'and')} are taken for each other in ${wrong} pictures (${percent(score)}): see whether both names mean different things, and take more pictures that show the difference.`,
        gain: null,
        weight: wrong / images.used / 2,
        files,
      }
    }),
  ]
}

const attributeWords: Readonly<Record<GiveawayAttribute, string>> = {
  brightness: 'their brightness',
  contrast: 'their contrast',
  colourfulness: 'how colourful they are',
  pixels: 'their number of pixels',
  aspect: 'their width relative to their height',
  'jpeg-quality': 'the quality of their JPEG compression',
  format: 'their file format',
  camera: 'the camera they were taken with',
  grey: 'having colours or none',
}

function giveawayStep({ label, attribute, value, others, score }: Giveaway): WeightedStep {
  const values = `${shortest(value)}, elsewhere ${shortest(others)}`
  return {
    kind: 'giveaway',
    message: `The pictures of "${label}" can be told from the others by ${attributeWords[attribute]} alone (${values}), and that may be what is learned instead of the class: bring pictures of both kinds into every class, or make them alike.`,
    gain: null,
    // Such a class looks right in every figure and is wrong in use.
    weight: 0.2 * score,
  }
}

function shortest(value: number | string): string {
  if (typeof value === 'string') return value
  return Math.abs(value) >= 10 ? `${Math.round(value)}` : value.toFixed(2)
}

/** A class that grows needs nothing done, whatever else has its name; others are steps by name or by their pictures. */
function overlapSteps(overlap: readonly OverlappingClass[], classes: Findings['classes']): WeightedStep[] {
  const growing = new Set(classes.filter(({ grows }) => grows !== null).map(({ label }) => label))
  const others = overlap.filter(
    ({ label, byName, score }) => !growing.has(label) && ((byName && score !== null) || (score ?? 0) >= minShare),
  )
  if (growing.size === 0) return others.map(overlapStep)
  const [are, them] = growing.size === 1 ? ['is', 'a class'] : ['are', 'classes']
  const grow: WeightedStep = {
    kind: 'overlap',
    message: `${quotedNames([...growing], 'and')} ${are} ${them} of the model already and will grow: nothing is to be done.`,
    gain: null,
    weight: 0.0001,
  }
  return [...others.map(overlapStep), grow]
}

function overlapStep({ label, existing, increment, byName, score }: OverlappingClass): WeightedStep {
  const isBase = increment === baseIncrement
  const whose = isBase ? 'that the model was made with' : `of "${increment}"`
  const calls = score === null ? '' : `${isBase ? 'the base model' : 'it'} calls ${percent(score)} of its pictures so`
  const message = byName
    ? `"${label}" has the name of the class "${existing}" ${whose}, and ${calls}.`
    : `Of the pictures of "${label}", ${percent(score!)} are already taken for "${existing}", a class ${whose}; the two compete.`
  return {
    kind: 'overlap',
    message,
    remedy: { kind: 'merge-lookalike', ...(byName ? {} : { rename: existing }) },
    gain: null,
    weight: byName ? 0.03 : 0.02 * score!,
  }
}
