import { NpluskError } from '../core/errors.js'
import type { ClassFolder } from '../image/folder.js'
import type { PassedOverKind } from '../image/passed-over.js'
import { argMax, topK } from '../math/softmax.js'
import { nearestNames } from '../model/known-nearest.js'
import { findOverlap } from '../model/overlap.js'
import { findClasses } from './class-folders.js'
import type { ModelOptions } from './model-options.js'
import { openClassifier, type OpenClassifier } from './open-classifier.js'
import { scoreImages } from './score-images.js'

export interface EvaluateOptions extends ModelOptions {
  /** One folder per class, named by WordNet id or label. */
  readonly folder: string
}

export interface Evaluation {
  readonly count: number
  readonly top1: number
  readonly top5: number
  /** `top1Base`: the base model's own top-1 on the same images; `null` without old images. */
  readonly old: { readonly count: number; readonly top1: number; readonly top1Base: number } | null
  /** `top1Alone`: top-1 among the added classes alone; `null` without new images. */
  readonly new: { readonly count: number; readonly top1: number; readonly top1Alone: number } | null
  /** `null` unless there are both old and new images. */
  readonly harmonicMean: number | null
  /** Share of old images predicted as new; `null` without old images. */
  readonly leak: number | null
  /** Share of new images predicted as old; `null` without new images. */
  readonly miss: number | null
  readonly perClass: readonly { readonly label: string; readonly count: number; readonly top1: number }[]
  /** Images that could not be read. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
  /** Files that belong to no class or are no pictures, by kind. */
  readonly passedOver: readonly PassedOverKind[]
  /** Sentences on what may not have been meant: where the classes were found, folders without a picture. */
  readonly warnings: readonly string[]
}

/**
 * Measures a classifier on a folder with one folder of images per class, in the full space of N+k classes.
 *
 * A folder names its class by WordNet id, by the name of an added class's folder, by label, or by any synonym of an old class,
 * in this order. A merged class counts as old.
 *
 * @throws NpluskError `BAD_INPUT` when a folder names no class; the message lists the nearest labels
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const { folder, signal, onProgress } = options
  const { folders, ...found } = await findClasses([folder], 'evaluate', options)
  const samples = { old: folders.flatMap(({ files }) => files), added: [] }
  const classifier = await openClassifier({ ...options, samples })
  try {
    const truths = folders.map((one) => columnOf(one, classifier))
    const files = folders.flatMap((one) => one.files)
    const truthOfFile = folders.flatMap((one, i) => one.files.map(() => truths[i]!))
    const n = classifier.baseClasses.length
    const tally = newTally()
    const perClass = new Map<number, { count: number; right: number }>()
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
      const { logits } = result
      const answer = argMax(logits)
      count(tally, logits, n, truth, answer)
      const entry = perClass.get(truth) ?? { count: 0, right: 0 }
      perClass.set(truth, { count: entry.count + 1, right: entry.right + (answer === truth ? 1 : 0) })
    }
    return { ...summarise(tally, perClass, unreadable, classifier), ...found }
  } finally {
    await classifier.session.close()
  }
}

interface Tally {
  count: number
  right: number
  top5: number
  old: { count: number; right: number; base: number; leak: number }
  new: { count: number; right: number; alone: number; miss: number }
}

function newTally(): Tally {
  return {
    count: 0,
    right: 0,
    top5: 0,
    old: { count: 0, right: 0, base: 0, leak: 0 },
    new: { count: 0, right: 0, alone: 0, miss: 0 },
  }
}

function count(tally: Tally, logits: Float32Array, n: number, truth: number, answer: number): void {
  tally.count++
  if (answer === truth) tally.right++
  if (topK(logits, 5).includes(truth)) tally.top5++
  if (truth < n) {
    tally.old.count++
    if (answer === truth) tally.old.right++
    if (argMax(logits, 0, n) === truth) tally.old.base++
    if (answer >= n) tally.old.leak++
  } else {
    tally.new.count++
    if (answer === truth) tally.new.right++
    if (n + argMax(logits, n, logits.length - n) === truth) tally.new.alone++
    if (answer < n) tally.new.miss++
  }
}

function summarise(
  tally: Tally,
  perClass: ReadonlyMap<number, { count: number; right: number }>,
  unreadable: Evaluation['unreadable'],
  { labels }: OpenClassifier,
): Omit<Evaluation, 'passedOver' | 'warnings'> {
  if (tally.count === 0)
    throw new NpluskError('BAD_INPUT', 'None of the images can be read; there is nothing to evaluate.')
  const { old, new: added } = tally
  const oldTop1 = old.right / old.count
  const newTop1 = added.right / added.count
  return {
    count: tally.count,
    top1: tally.right / tally.count,
    top5: tally.top5 / tally.count,
    old: old.count === 0 ? null : { count: old.count, top1: oldTop1, top1Base: old.base / old.count },
    new: added.count === 0 ? null : { count: added.count, top1: newTop1, top1Alone: added.alone / added.count },
    harmonicMean:
      old.count === 0 || added.count === 0
        ? null
        : oldTop1 + newTop1 === 0
          ? 0
          : (2 * oldTop1 * newTop1) / (oldTop1 + newTop1),
    leak: old.count === 0 ? null : old.leak / old.count,
    miss: added.count === 0 ? null : added.miss / added.count,
    perClass: [...perClass]
      .sort(([a], [b]) => a - b)
      .map(([index, entry]) => ({ label: labels[index]!.label, count: entry.count, top1: entry.right / entry.count })),
    unreadable,
  }
}

function columnOf({ label: name }: ClassFolder, { baseClasses, added, labels }: OpenClassifier): number {
  const byWnid = baseClasses.findIndex(({ wnid }) => wnid === name)
  if (byWnid >= 0) return byWnid
  const byFolder = added.find(({ folder }) => folder === name)
  if (byFolder) return byFolder.column
  const byLabel = labels.find(({ label }) => label === name)
  if (byLabel) return byLabel.index
  const bySynonym = findOverlap(name, baseClasses)
  if (bySynonym !== undefined) return bySynonym
  const nearest = nearestNames(name, labels.map(({ label }) => label)).slice(0, 5) // prettier-ignore
  throw new NpluskError(
    'BAD_INPUT',
    `The folder "${name}" names no class of this model; the nearest labels are ${nearest.map((one) => `"${one}"`).join(', ')}.`,
    {
      data: { folder: name, nearest },
    },
  )
}
