import { loadImage } from '../../src/image/decode.js'
import type { AddedHead } from '../../src/head/added-head.js'
import { mergeHeads } from '../../src/merge/merge-heads.js'
import { tensorNames } from '../../src/backbone/prepare.js'
import { decodeModel, encodeModel } from '../../src/onnx/model.js'
import { openSession, type Session } from '../../src/runtime/session.js'
import type { IncrementFeatures } from '../../src/bundle/parts.js'
import type { TrainedMethod } from './answers.js'
import type { TestSet } from './data.js'
import type { Lab } from './lab.js'
import { selectTestRows } from './tables.js'

export interface Agreement {
  readonly images: number
  /** Largest |difference| of a joint logit between the features in the store and the merged model. */
  readonly largestDifference: number
  /** Largest |change| of an old logit from backbone to merged model, merged classes excepted; must be 0. */
  readonly oldLogitChange: number
}

/** Float16 features carry eleven bits, and a logit sums thousands of them: far below what changes an answer. */
const tolerance = 0.01

/**
 * Runs a few images of each set through the model as it is written, and compares with what the bench computes from
 * features.
 *
 * @throws Error where they do not agree: then no figure of the bench holds
 */
export async function checkAgreement(
  { backbone, extractor }: Lab,
  increments: readonly IncrementFeatures[],
  heads: readonly AddedHead[],
  classify: TrainedMethod,
  sets: readonly TestSet[],
): Promise<Agreement> {
  const parts = heads.map((head, i) => ({
    head,
    mergedInto: increments[i]!.increment.classes.map(({ mergedInto }) => mergedInto),
  }))
  const mergedInto = new Set(parts.flatMap((part) => part.mergedInto))
  const session = await openSession(encodeModel(mergeHeads(decodeModel(backbone.graph), parts, {})))
  let largestDifference = 0
  let oldLogitChange = 0
  let images = 0
  try {
    for (const set of sets) {
      const some = selectTestRows(set, (row) => row % Math.ceil(set.count / 4) === 0)
      const { logits: expected, width } = await classify(some)
      const { preprocess } = backbone
      for (const [row, file] of some.files.entries()) {
        const dims = [1, preprocess.height, preprocess.width, 3]
        const input = { [tensorNames.image]: { dims, data: await loadImage(file, preprocess) } }
        const logitsOf = async (model: Session, name: string) =>
          (await model.run(input, [name]))[name]!.data as Float32Array
        const base = await logitsOf(extractor.session, tensorNames.baseLogits)
        const actual = await logitsOf(session, tensorNames.logits)
        actual.forEach((logit, c) => {
          largestDifference = Math.max(largestDifference, Math.abs(logit - expected[row * width + c]!))
          if (c >= base.length || mergedInto.has(c)) return
          oldLogitChange = Math.max(oldLogitChange, Math.abs(logit - base[c]!))
        })
        images++
      }
    }
  } finally {
    await session.close()
  }
  if (!(largestDifference <= tolerance) || oldLogitChange !== 0) {
    throw new Error(
      `features and merged model disagree: ${largestDifference} on a joint logit, ${oldLogitChange} on an old one`,
    )
  }
  return { images, largestDifference, oldLogitChange }
}
