import { variantOf, type Reference } from './bundle.js'

/** Probabilities of another batch may differ in their last digits. */
const tolerance = 1e-3

interface Answer {
  readonly revision: number
  readonly results: readonly [
    {
      readonly predictions: readonly {
        readonly index: number
        readonly label: string
        readonly probability: number
      }[]
    },
  ]
}

/**
 * What is wrong with an answer: it must be the one of the revision that it names, column by column, with that
 * revision's labels.
 *
 * @param variants counts the answers of either
 */
export function faultOf(
  file: string,
  answer: unknown,
  references: readonly Reference[],
  variants: number[],
): string | undefined {
  const { revision, results } = answer as Answer
  const variant = variantOf(revision)
  const { labels, answers } = references[variant]!
  variants[variant]!++
  const expected = answers[file]!
  const { predictions } = results[0]
  if (predictions.length !== expected.length) return `${predictions.length} predictions`
  for (const [i, { index, label, probability }] of predictions.entries()) {
    if (labels[index] !== label) return `revision ${revision} calls column ${index} "${label}", not "${labels[index]}"`
    const same = expected.find((one) => one.index === index)
    const value = same?.probability ?? expected[i]!.probability
    if (Math.abs(value - probability) > tolerance)
      return `revision ${revision}: ${probability} for "${label}", not ${value}`
  }
  return undefined
}
