import { mcnemarTest } from '../math/mcnemar.js'

/** A classifier's first answer to an image. */
export interface FirstAnswer {
  readonly label: string
  /** 0..1 */
  readonly probability: number
  /** `null` where the classifier has no class of the name of the image's folder. */
  readonly right: boolean | null
}

/** The first answers of two classifiers to an image. */
export interface TwoAnswers {
  readonly file: string
  /** Name of the image's folder. */
  readonly folder: string
  readonly before: FirstAnswer
  readonly after: FirstAnswer
}

/** How the answers of two classifiers to the same images differ. */
export interface AnswerChanges {
  /** Images that could be read. */
  readonly count: number
  /** Images with another first answer, by what that means; those of the largest probabilities first. */
  readonly changed: {
    /** Wrong before, right after. */
    readonly better: readonly TwoAnswers[]
    /** Right before, wrong after. */
    readonly worse: readonly TwoAnswers[]
    /** Wrong both times, or of a class that not both classifiers have. */
    readonly other: readonly TwoAnswers[]
  }
  /**
   * Shares of right answers, over the images whose class both classifiers have; `null` without such images. `pValue` is
   * how likely so large a difference is by chance, see `mcnemarTest`.
   */
  readonly both: {
    readonly count: number
    readonly before: number
    readonly after: number
    readonly pValue: number
  } | null
  /** Images whose class only the first classifier has, and its share of right answers. */
  readonly beforeOnly: { readonly count: number; readonly top1: number } | null
  readonly afterOnly: { readonly count: number; readonly top1: number } | null
}

/** @param isSame whether a label of the first classifier and one of the second are of the same class */
export function answerChanges(
  images: readonly TwoAnswers[],
  isSame: (before: string, after: string) => boolean,
): AnswerChanges {
  const better: TwoAnswers[] = []
  const worse: TwoAnswers[] = []
  const other: TwoAnswers[] = []
  for (const image of [...images].sort((a, b) => weight(b) - weight(a))) {
    const { before, after } = image
    if (before.right === false && after.right) better.push(image)
    else if (before.right && after.right === false) worse.push(image)
    else if (!(before.right && after.right) && !isSame(before.label, after.label)) other.push(image)
  }
  const known = images.filter(({ before, after }) => before.right !== null && after.right !== null)
  const both = {
    count: known.length,
    before: shareOf(known, 'before'),
    after: shareOf(known, 'after'),
    pValue: mcnemarTest(better.length, worse.length),
  }
  return {
    count: images.length,
    changed: { better, worse, other },
    both: known.length === 0 ? null : both,
    beforeOnly: onlyOf(images, 'before', 'after'),
    afterOnly: onlyOf(images, 'after', 'before'),
  }
}

type Side = 'before' | 'after'

function onlyOf(images: readonly TwoAnswers[], side: Side, without: Side): AnswerChanges['afterOnly'] {
  const some = images.filter((one) => one[side].right !== null && one[without].right === null)
  return some.length === 0 ? null : { count: some.length, top1: shareOf(some, side) }
}

function shareOf(images: readonly TwoAnswers[], side: Side): number {
  return images.filter((one) => one[side].right).length / images.length
}

/** Large where both were sure. */
function weight({ before, after }: TwoAnswers): number {
  return before.probability + after.probability
}
