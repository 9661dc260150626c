import { NpluskError } from '../core/errors.js'
import type { ClassFolder } from '../folders/folder.js'
import type { PassedOverKind } from '../folders/passed-over.js'
import { findClasses } from '../folders/class-folders.js'
import { evaluationTally, type EvaluationFigures } from '../evaluation/evaluation-figures.js'
import { columnOfFolder, unknownFolders } from '../classes/find-class.js'
import { recordOf, type ImageRecord } from '../evaluation/image-record.js'
import type { ModelOptions } from '../classifier/model-options.js'
import { openClassifier, type OpenClassifier } from '../classifier/open-classifier.js'
import { scoreImages } from '../evaluation/score-images.js'

export interface EvaluateOptions extends ModelOptions {
  /** One folder per class, named by WordNet id or label. */
  readonly folder: string
  /** Leaves out folders that name no class, instead of refusing. @default false */
  readonly skipUnknown?: boolean
  /** Lists the images that are answered wrongly. @default false */
  readonly wrong?: boolean
}

export interface Evaluation extends EvaluationFigures {
  /** Images that were answered wrongly, the surest answers first; only where they were asked for. */
  readonly wrong?: readonly {
    readonly file: string
    readonly label: string
    readonly predicted: string
    /** That of the answer, 0..1. */
    readonly probability: number
  }[]
  /** Images that could not be read. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
  /** Files that belong to no class or are no pictures, by kind. */
  readonly passedOver: readonly PassedOverKind[]
  /** Sentences on what may not have been meant: where the classes were found, folders without a picture. */
  readonly warnings: readonly string[]
  /** Folders that name no class, and were left out. */
  readonly skipped: readonly { readonly folder: string; readonly images: number }[]
}

/**
 * Measures a classifier on a folder with one folder of images per class, in the full space of N+k classes.
 *
 * A folder names its class by WordNet id, by an added class's label, by the name of an added class's folder, or by any name of an old class, in
 * this order; then whatever the case, in singular or plural. A merged class counts as old.
 *
 * @throws NpluskError `BAD_INPUT` when a folder names no class (the message lists the nearest labels) or may mean several, and where
 * nothing is left to measure
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const { folder, signal, onProgress } = options
  const { folders, ...found } = await findClasses([folder], 'evaluate', options)
  const samples = { old: folders.flatMap(({ files }) => files), added: [] }
  const classifier = await openClassifier({ ...options, samples })
  try {
    const { labels, baseClasses } = classifier
    const { known, skipped } = sortOut(folders, classifier, options)
    const files = known.flatMap((one) => one.files)
    const truthOfFile = known.flatMap(({ column, files: own }) => own.map(() => column))
    const tally = evaluationTally(baseClasses.length)
    const wrong: ImageRecord[] = []
    const unreadable: { file: string; reason: string }[] = []
    let done = 0
    for await (const result of scoreImages(classifier, files, signal)) {
      const truth = truthOfFile[done++]!
      onProgress?.({ type: 'progress', stage: 'evaluate', done, total: files.length, unit: 'images' })
      if ('error' in result) {
        unreadable.push({ file: result.file, reason: result.error })
        onProgress?.({ type: 'warning', code: 'UNREADABLE_IMAGE', message: result.error })
        continue
      }
      const record = recordOf(result.file, truth, result, baseClasses.length)
      tally.add(record)
      if (options.wrong && record.answer !== truth) wrong.push(record)
    }
    if (unreadable.length === files.length)
      throw new NpluskError('BAD_INPUT', 'None of the images can be read; there is nothing to evaluate.')
    return {
      ...tally.figures(labels),
      ...(options.wrong ? { wrong: listed(wrong, labels) } : {}),
      unreadable,
      skipped,
      ...found,
    }
  } finally {
    await classifier.session.close()
  }
}

/** Finds the column of every folder, before any image is looked at. */
function sortOut(
  folders: readonly ClassFolder[],
  { baseClasses, added, labels }: OpenClassifier,
  { folder, skipUnknown = false }: EvaluateOptions,
): { known: (ClassFolder & { column: number })[]; skipped: Evaluation['skipped'] } {
  const columns = folders.map(({ label }) => columnOfFolder(label, { base: baseClasses, added }, labels))
  const known = folders.flatMap((one, i) => (columns[i] === undefined ? [] : [{ ...one, column: columns[i] }]))
  const unknown = folders.filter((_, i) => columns[i] === undefined)
  if (unknown.length > 0 && !skipUnknown) throw unknownFolders(unknown.map(({ label }) => label), labels) // prettier-ignore
  if (known.length === 0) {
    throw new NpluskError(
      'BAD_INPUT',
      `No folder in "${folder}" names a class of this model; there is nothing to evaluate.`,
    )
  }
  return { known, skipped: unknown.map(({ label, files }) => ({ folder: label, images: files.length })) }
}

function listed(wrong: readonly ImageRecord[], labels: OpenClassifier['labels']): NonNullable<Evaluation['wrong']> {
  return [...wrong]
    .sort((a, b) => b.probability - a.probability)
    .map(({ file, truth, answer, probability }) => ({
      file,
      label: labels[truth]!.label,
      predicted: labels[answer]!.label,
      probability,
    }))
}
