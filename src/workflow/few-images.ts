/** Fewer pictures of a class than this are too few to learn it well. */
const enough = 5
const mostNames = 5

/** Warns of classes with hardly any pictures; `undefined` where there are none. */
export function describeFewImages(
  classes: readonly { readonly label: string; readonly images: number }[],
): string | undefined {
  const few = classes.filter(({ images }) => images < enough).sort((a, b) => a.images - b.images)
  if (few.length === 0) return undefined
  const named = few.slice(0, mostNames).map(({ label, images }) => `"${label}" ${images}`)
  const more = few.length > mostNames ? ` and ${few.length - mostNames} classes more` : ''
  const single = few.some(({ images }) => images === 1)
    ? '; of a class with one picture, the held-out figures say nothing, since nothing is left to learn it from'
    : ''
  return `Few pictures: ${named.join(', ')}${more}${single}; expect many mistakes on new pictures of such a class, and add some, twenty if you can.`
}
