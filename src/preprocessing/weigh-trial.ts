import type { Convention } from '../backbone/normalisation.js'
import { medianMargin, topClasses } from './answers.js'
import { confidence, soundPictures, standardErrorsBetween, type Answers } from './confidence.js'

/** Conventions this close, in standard errors of their difference, are not told apart. */
export const leastMargin = 3

/** Conventions under which so many pictures get the same answer do as well as each other. */
const sameAnswers = 0.9

/**
 * Where the highest logit usually lies above the second, by their median over pictures: a network that was trained on
 * pixels in 0..1 is far above when given 0..255, and far below the other way round.
 */
const usualMargins = { least: 0.1, most: 50 }

/** Divergence from the statistics of batch normalisation that a convention may have, beside that of the best. */
const divergenceAllowed = { factor: 2, offset: 0.05 }

/** What a classifier did under one convention. */
export interface Tried {
  readonly convention: Convention
  readonly answers: Answers
  /** From what its batch normalisations stored, in nats; `undefined` where it has none. */
  readonly divergence: number | undefined
}

/** How well the conventions suit the classifier. */
export interface Verdict {
  readonly chosen: Convention
  /** All that were tried, the best first; what its numbers rule out stands behind the others. */
  readonly scores: readonly { readonly name: string; readonly score: number; readonly ruledOut: boolean }[]
  /**
   * How far the chosen one is ahead of the best one that gives other answers, in standard errors; below 3 they are not
   * told apart. `Infinity` where there is no such other.
   */
  readonly margin: number
  readonly rival: string | undefined
  /** Those that are not told apart from it and give nearly the same answers. */
  readonly near: readonly string[]
}

/**
 * Takes the convention under which the classifier's answers are best; of those that the pictures do not tell apart, the
 * first.
 *
 * @param tried the likeliest first, at least one
 * @param truth class of each picture, -1 where it is not known; what the stored statistics rule out may have answers to
 * the first ones only
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
  const chosen = contenders.find(({ values }) => standardErrorsBetween(best.values, values) < leastMargin) ?? best
  const others = ranked.filter((one) => one !== chosen && isPossible(one))
  const agrees = (one: { tops: readonly number[] }) =>
    one.tops.filter((top, i) => top === chosen.tops[i]).length >= sameAnswers * one.tops.length
  const rival = others.find((one) => !agrees(one))
  const near = others.filter((one) => agrees(one) && standardErrorsBetween(chosen.values, one.values) < leastMargin)
  return {
    chosen: chosen.convention,
    scores: ranked.map((one) => ({ name: one.name, score: mean(one.values), ruledOut: !isPossible(one) })),
    margin: rival === undefined ? Infinity : standardErrorsBetween(chosen.values, rival.values),
    rival: rival?.name,
    near: near.map(({ name }) => name),
  }
}

/** The conventions that the numbers inside the network, or those it puts out, do not rule out. */
function plausible(tried: readonly Tried[]): Convention[] {
  // A picture that a network has no answer to is a picture; half of them are the convention.
  const finite = tried.filter(
    ({ answers }) => soundPictures(answers).length >= answers.logits.length / answers.classes / 2,
  )
  const least = Math.min(...finite.map(({ divergence }) => divergence ?? Infinity))
  const remaining = Number.isFinite(least)
    ? finite.filter(({ divergence }) => divergence! <= divergenceAllowed.factor * least + divergenceAllowed.offset)
    : withUsualMargins(finite)
  return (remaining.length > 0 ? remaining : tried).map(({ convention }) => convention)
}

/** The likeliest convention's range stays in the race: some networks, and some exporters', do have such logits. */
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
