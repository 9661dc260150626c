/** Fewer pictures are not worth being divided. */
export const fewestInRound = 24

/** So many show under which conventions the first layers see something of another size altogether. */
const glance = 6

/**
 * A quarter of the pictures, taken evenly; another, where the first does not tell; the others, where both do not. A few
 * of the first come before all.
 */
export function rounds<T>(images: readonly T[]): T[][] {
  const isFew = images.length < 2 * fewestInRound
  const [first = [], ...others] = isFew
    ? [[...images]]
    : [[0], [2], [1, 3]].map((rests) => images.filter((_, i) => rests.includes(i % 4)))
  return [first.slice(0, glance), first.slice(glance), ...others].filter((part) => part.length > 0)
}
