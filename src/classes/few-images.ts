/** Fewer pictures of a class than this are too few to learn it well. */
const enough = 5
const mostNames = 5

// Measured on 26 November 2026: docs/lab-notes.md, "Accuracy of earlier builds".
const expectation =
  'Expect many mistakes: of five kinds of flowers, one picture a class made 48 % of other pictures right, two 54 %, five 71 %, twenty 86 %.'

/** Warns of classes with hardly any pictures; `undefined` where there are none. */
export function describeFewImages(
  classes: readonly { readonly label: string; readonly images: number }[],
): string | undefined {
  const few = classes.filter(({ images }) => images < enough).sort((a, b) => a.images - b.images)
  if (few.length === 0) return undefined
  const named = few.slice(0, mostNames).map(({ label, images }) => `"${label}" ${images}`)
  const more = few.length > mostNames ? ` and ${few.length - mostNames} classes more` : ''
  const single = few.some(({ images }) => images === 1)
    ? '; where there is but one, the held-out figures say nothing, since nothing is left to learn it from'
    : ''
  return `Few pictures: ${named.join(', ')}${more}${single}. ${expectation}`
}
