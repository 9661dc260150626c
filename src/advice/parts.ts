import { createRandom } from '../math/random.js'

/** Images that heads are trained on together. */
export interface Part {
  /** Those that heads of this part judge, ascending. */
  readonly judged: readonly number[]
  /** Others of their classes, to learn from alone; other parts judge them. */
  readonly beside: readonly number[]
}

/** Largest number of images of a part. */
const maxImages = 2000
/** Of a class with as many, each part has so many images, as far as there is room: fewer hardly show what it is. */
const enough = 20

/**
 * Deals images into parts, every class evenly; each image is judged in one of them. A class of few images would have
 * hardly any in each, so parts share them: where there is room for more of these in twice as many parts, there are as
 * many.
 *
 * @param label the class of each image
 */
export function dealParts(images: readonly number[], label: ArrayLike<number>, seed: number): Part[] {
  const ofClass = new Map<number, number[]>()
  for (const image of images) {
    const own = ofClass.get(label[image]!)
    if (own) own.push(image)
    else ofClass.set(label[image]!, [image])
  }
  const counts = [...ofClass.values()].map(({ length }) => length)
  const { parts, least } = planOf(counts, Math.ceil(images.length / maxImages))
  const dealt = Array.from({ length: parts }, (): number[] => [])
  const partOf = new Map<number, number>()
  createRandom(`parts:${seed}`)
    .shuffle([...images])
    .sort((a, b) => label[a]! - label[b]!)
    .forEach((image, i) => {
      dealt[i % parts]!.push(image)
      partOf.set(image, i % parts)
    })
  return dealt.map((judged, part) => ({
    judged: judged.sort((a, b) => a - b),
    beside: [...ofClass].flatMap(([one, own]) => {
      const others = own.filter((image) => partOf.get(image) !== part)
      const lacking = Math.min(own.length, least) - (own.length - others.length)
      return lacking <= 0 ? [] : createRandom(`beside:${seed}:${part}:${one}`).shuffle(others).slice(0, lacking)
    }),
  }))
}

/**
 * The number of parts, and the number of images that each has of every class with as many.
 *
 * @param counts images by class
 * @param fewest how many parts there must be
 */
function planOf(counts: readonly number[], fewest: number): { readonly parts: number; readonly least: number } {
  const [once, twice] = [fewest, 2 * fewest].map((parts) => ({ parts, least: leastOf(counts, parts) }))
  return twice!.least > once!.least ? twice! : once!
}

function leastOf(counts: readonly number[], parts: number): number {
  const sizeWith = (least: number) =>
    counts.reduce((sum, count) => sum + Math.max(Math.ceil(count / parts), Math.min(count, least)), 0)
  let least = enough
  while (least > 0 && sizeWith(least) > maxImages) least--
  return least
}
