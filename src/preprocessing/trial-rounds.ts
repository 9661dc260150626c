/** Fewest images to judge conventions by; sets of less than twice as many are not split into quarters. */
export const minInRound = 24

/**
 * Size of the first, short round: enough to rule out conventions under which the first layers see values of another
 * magnitude.
 */
const firstGlance = 6

/**
 * Splits images into rounds: a quarter, evenly spaced; another quarter, in case the first does not decide; then the
 * rest. A few of the first quarter come in a round of their own before.
 */
export function rounds<T>(images: readonly T[]): T[][] {
  const isFew = images.length < 2 * minInRound
  const [first = [], ...others] = isFew
    ? [[...images]]
    : [[0], [2], [1, 3]].map((remainders) => images.filter((_, i) => remainders.includes(i % 4)))
  return [first.slice(0, firstGlance), first.slice(firstGlance), ...others].filter((part) => part.length > 0)
}
