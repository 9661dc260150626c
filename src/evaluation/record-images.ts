import type { Label } from '../bundle/manifest.js'
import type { OpenClassifier } from '../classifier/open-classifier.js'
import { NpluskError } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import type { ClassScores } from './class-scores.js'
import { evaluationRecord, type EvaluationRecord } from './evaluation-record.js'
import { scoreImages } from './score-images.js'

/** An image of known class. */
export interface TestImage {
  readonly file: string
  /** Column of the class that it shows. */
  readonly column: number
}

/** Records of the readable images, and the unreadable ones. */
export interface RecordedImages {
  readonly records: readonly EvaluationRecord[]
  /** Probabilities of the classes with images and of the added ones. */
  readonly scores: ClassScores
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
}

/**
 * Classifies images of known classes.
 *
 * @param onFeatures is given the features of every recorded image, where the classifier gives them
 * @returns a record per readable image, in the given order
 * @throws NpluskError `BAD_INPUT` when no image is readable
 */
export async function recordImages(
  classifier: OpenClassifier,
  images: readonly TestImage[],
  { signal, onProgress }: CallOptions,
  onFeatures?: (features: Float32Array) => void,
): Promise<RecordedImages> {
  const columns = { labels: classifier.labels, baseCount: classifier.baseClasses.length }
  const classes = scoredClasses(classifier, images)
  const probabilities = new Float32Array(images.length * classes.length)
  const files = images.map(({ file }) => file)
  const records: EvaluationRecord[] = []
  const unreadable: { file: string; reason: string }[] = []
  let done = 0
  for await (const result of scoreImages(classifier, files, signal)) {
    const { column } = images[done++]!
    onProgress?.({ type: 'progress', stage: 'evaluate', done, total: files.length, unit: 'images' })
    if ('error' in result) {
      unreadable.push({ file: result.file, reason: result.error })
      onProgress?.({ type: 'warning', code: 'UNREADABLE_IMAGE', message: result.error })
    } else {
      classes.forEach(({ index }, place) => {
        probabilities[records.length * classes.length + place] = result.probabilities[index]!
      })
      records.push(evaluationRecord(result.file, column, result, columns))
      if (result.features) onFeatures?.(result.features)
    }
  }
  if (records.length === 0)
    throw new NpluskError('BAD_INPUT', 'None of the images can be read; there is nothing to evaluate.')
  return { records, scores: { classes, probabilities }, unreadable }
}

/** The classes with images, and the added ones, in column order. */
function scoredClasses({ labels, baseClasses }: OpenClassifier, images: readonly TestImage[]): Label[] {
  const shown = new Set(images.map(({ column }) => column))
  return labels.filter(({ index }) => index >= baseClasses.length || shown.has(index))
}
