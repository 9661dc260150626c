import type { Convention } from '../backbone/normalisation.js'
import { medianMargin, topClasses } from './answers.js'
import { confidence, soundPictures, standardErrorsBetween, type Answers } from './confidence.js'

/** Conventions closer than this, in standard errors of their difference, are not told apart. */
export const minMargin = 3

/** Conventions that agree on this share of images are equally good. */
const sameAnswers = 0.9

/**
 * Usual range of the gap between the highest logit and the second, as a median over images: a network trained on pixels
 * in 0..1 is far above it when given 0..255, and far below it the other way round.
 */
const usualMargins = { least: 0.1, most: 50 }

/**
 * A convention is ruled out where its divergence from the statistics of batch normalisation exceeds factor · least +
 * offset.
 */
const divergenceAllowed = { factor: 2, offset: 0.05 }

/** The behaviour of a classifier under one convention. */
export interface Tried {
  readonly convention: Convention
  readonly answers: Answers
  /** Divergence from the statistics of its batch normalisations, in nats; `undefined` where it has none. */
  readonly divergence: number | undefined
}

/** Which convention suits the classifier, and how clearly. */
export interface Verdict {
  readonly chosen: Convention
  /** All conventions tried, the best first; those ruled out come last. */
  readonly scores: readonly { readonly name: string; readonly score: number; readonly ruledOut: boolean }[]
  /**
   * How far the chosen convention is ahead of the best one with different answers, in standard errors; below 3 they are
   * not told apart. `Infinity` where there is no such rival.
   */
  readonly margin: number
  readonly rival: string | undefined
  /** Conventions not told apart from the chosen one that give nearly the same answers. */
  readonly near: readonly string[]
}

/**
 * Chooses the convention under which the classifier's answers are best; among those that the images do not tell apart,
 * the first.
 *
 * @param tried at least one, the likeliest first; one that the stored statistics rule out may have answers to the first
 * images only
 * @param truth class of each image, -1 where it is not known
 * @returns `undefined` where every answer is the same under every convention, or none is finite
 */
export function weigh(tried: readonly Tried[], truth: Int32Array): Verdict | undefined {
  const possible = new Set(plausible(tried))
  const results = tried.map((one) => ({
    ...one,
    name: one.convention.name,
    values: confidence(one.answers, truth.subarray(0, one.answers.logits.length / one.answers.classes)),
    tops: topClasses(one.answers),
  }))
  if (results.every(({ values }) => values.every((value) => value === 0))) return undefined
  const isPossible = ({ convention }: Tried) => possible.has(convention)
  const ranked = results.toSorted(
    (a, b) => Number(isPossible(b)) - Number(isPossible(a)) || mean(b.values) - mean(a.values),
  )
  const contenders = results.filter(isPossible)
  const best = ranked[0]!
  const chosen = contenders.find(({ values }) => standardErrorsBetween(best.values, values) < minMargin) ?? best
  const others = ranked.filter((one) => one !== chosen && isPossible(one))
  const agrees = (one: { tops: readonly number[] }) =>
    one.tops.filter((top, i) => top === chosen.tops[i]).length >= sameAnswers * one.tops.length
  const rival = others.find((one) => !agrees(one))
  const near = others.filter((one) => agrees(one) && standardErrorsBetween(chosen.values, one.values) < minMargin)
  return {
    chosen: chosen.convention,
    scores: ranked.map((one) => ({ name: one.name, score: mean(one.values), ruledOut: !isPossible(one) })),
    margin: rival === undefined ? Infinity : standardErrorsBetween(chosen.values, rival.values),
    rival: rival?.name,
    near: near.map(({ name }) => name),
  }
}

/** The conventions that neither the statistics inside the network nor its logits rule out. */
function plausible(tried: readonly Tried[]): Convention[] {
  // Some networks have no finite answer for a few images; where half the images fail, the convention is wrong.
  const finite = tried.filter(
    ({ answers }) => soundPictures(answers).length >= answers.logits.length / answers.classes / 2,
  )
  const least = Math.min(...finite.map(({ divergence }) => divergence ?? Infinity))
  const remaining = Number.isFinite(least)
    ? finite.filter(({ divergence }) => divergence! <= divergenceAllowed.factor * least + divergenceAllowed.offset)
    : withUsualMargins(finite)
  return (remaining.length > 0 ? remaining : tried).map(({ convention }) => convention)
}

/**
 * Keeps conventions with usual gaps between logits, and all those with the scale of the likeliest: some networks, and
 * those of some exporters, do have unusual logits.
 */
function withUsualMargins(tried: readonly Tried[]): readonly Tried[] {
  const isUsual = ({ answers }: Tried) => {
    const margin = medianMargin(answers)
    return margin >= usualMargins.least && margin <= usualMargins.most
  }
  const scale = tried[0]?.convention.normalisation.scale
  return tried.filter((one) => one.convention.normalisation.scale === scale || isUsual(one))
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
