import { labelsAfter } from '../bundle/changes.js'
import type { FoundState } from '../bundle/history/find-state.js'
import { keptModel } from '../bundle/history/kept.js'
import type { ModelOptions } from '../classifier/model-options.js'
import { openClassifier, openWith } from '../classifier/open-classifier.js'
import { columnOfFolder } from '../classes/find-class.js'
import { NpluskError } from '../core/errors.js'
import { checkReportFile, type ReportOptions } from '../core/report-options.js'
import { answerChanges, type AnswerChanges, type TwoAnswers } from '../evaluation/answer-changes.js'
import { firstAnswers } from '../evaluation/first-answers.js'
import { findClasses } from '../folders/class-folders.js'
import type { ClassFolder } from '../folders/folder.js'
import type { PassedOverKind } from '../folders/passed-over.js'

export interface CompareOptions extends Omit<ModelOptions, 'model' | 'input'> {
  /** A folder of images, with one folder per class where the classes are known. @default none */
  readonly folder?: string | undefined
  /** Writes a page on the answers that changed, with the images; takes a folder. @default none */
  readonly report?: ReportOptions | undefined
}

/** How the answers of two classifiers to the images of a folder differ. */
export interface ComparedAnswers extends AnswerChanges {
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
  /** Files that are not images, by kind. */
  readonly passedOver: readonly PassedOverKind[]
  readonly warnings: readonly string[]
}

/**
 * Shows the images of a folder to two classifiers, one after the other.
 *
 * @returns `null` where no folder is given
 */
export async function compareAnswers(
  before: FoundState,
  after: FoundState,
  options: CompareOptions,
): Promise<ComparedAnswers | null> {
  const { folder, report, onProgress } = options
  if (folder === undefined) {
    if (report) throw new NpluskError('USAGE', 'A report of a comparison shows images; give the folder that has them.')
    return null
  }
  if (report) await checkReportFile(report.file)
  const { folders, passedOver, warnings } = await findClasses([folder], 'evaluate', options)
  const total = 2 * folders.reduce((sum, { files }) => sum + files.length, 0)
  let done = 0
  const onDone = () => onProgress?.({ type: 'progress', stage: 'evaluate', done: ++done, total, unit: 'images' })
  const first = await answersOf(before, folders, options, onDone)
  const second = await answersOf(after, folders, options, onDone)

  const images: TwoAnswers[] = []
  const unreadable: { file: string; reason: string }[] = []
  const files = folders.flatMap((one) => one.files.map((file) => ({ file, folder: one.label })))
  files.forEach((image, i) => {
    const [one, other] = [first[i]!, second[i]!]
    const failed = 'error' in one ? one : 'error' in other ? other : undefined
    if (failed) {
      unreadable.push({ file: image.file, reason: failed.error })
      onProgress?.({ type: 'warning', code: 'UNREADABLE_IMAGE', message: failed.error })
    } else if (!('error' in one || 'error' in other)) images.push({ ...image, before: one, after: other })
  })
  if (images.length === 0)
    throw new NpluskError('BAD_INPUT', 'None of the images can be read; there is nothing to compare.')
  const labelAfter = labelsAfter(before.manifest.increments, after.manifest.increments)
  const isSame = (one: string, other: string) => labelAfter(one) === other
  return { ...answerChanges(images, isSame), unreadable, passedOver, warnings }
}

async function answersOf(
  { folder, manifest, kept }: FoundState,
  folders: readonly ClassFolder[],
  options: CompareOptions,
  onDone: () => void,
) {
  const classifier = kept
    ? await openWith(await keptModel(folder, kept), manifest, options)
    : await openClassifier({ ...options, model: folder })
  await using _ = classifier.session
  const { baseClasses: base, added, labels } = classifier
  const images = folders.flatMap(({ label, files }) => {
    const column = columnOfFolder(label, { base, added }, labels)
    return files.map((file) => ({ file, column }))
  })
  return await firstAnswers(classifier, images, options.signal, onDone)
}
