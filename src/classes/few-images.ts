/** A class with fewer images is hard to learn well. */
const enoughImages = 5
const maxNames = 5

// Means of ten draws from flowers/train, measured on 29 November 2026: docs/results.md, "Few images, and uneven ones".
const expectation =
  'Expect many mistakes: of five kinds of flowers, one picture a class made 50 % of other pictures right, two 62 %, five 73 %, twenty 85 %.'

/** The warning about classes with very few images; `undefined` if there are none. */
export function describeFewImages(
  classes: readonly { readonly label: string; readonly images: number }[],
): string | undefined {
  const few = classes.filter(({ images }) => images < enoughImages).sort((a, b) => a.images - b.images)
  if (few.length === 0) return undefined
  const named = few.slice(0, maxNames).map(({ label, images }) => `"${label}" ${images}`)
  const more = few.length > maxNames ? ` and ${few.length - maxNames} classes more` : ''
  const single = few.some(({ images }) => images === 1)
    ? '; where there is but one, the held-out figures say nothing, since nothing is left to learn it from'
    : ''
  return `Few pictures: ${named.join(', ')}${more}${single}. ${expectation}`
}
