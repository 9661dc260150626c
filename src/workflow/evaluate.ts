import type { ModelOptions } from '../classifier/model-options.js'
import { openClassifier } from '../classifier/open-classifier.js'
import { findTestImages } from '../classes/test-images.js'
import { collectWarnings } from '../core/collect-warnings.js'
import type { ReportOptions } from '../core/report-options.js'
import { rankFigures } from '../evaluation/class-scores.js'
import type { Evaluation } from '../evaluation/evaluation.js'
import { evaluationFigures } from '../evaluation/evaluation-figures.js'
import { recordImages } from '../evaluation/record-images.js'
import { wrongAnswers } from '../evaluation/wrong-answers.js'
import { findClasses } from '../folders/class-folders.js'
import { afterResult } from './after-result.js'

export interface EvaluateOptions extends ModelOptions {
  /** One folder per class, named by WordNet id or label. */
  readonly folder: string
  /** Skips folders that name no class instead of refusing them. @default false */
  readonly skipUnknown?: boolean
  /** Lists the images with wrong answers. @default false */
  readonly wrong?: boolean
  /** Writes a page on what the classifier gets right and wrong, with the images. @default none */
  readonly report?: ReportOptions
}

/**
 * Measures a classifier on a folder with one folder of images per class, over all N+k classes.
 *
 * A folder names its class by WordNet id, by an added class's label, by the folder name of an added class, or by any
 * name of an old class, in this order; then by the same regardless of case, in singular or plural. A merged class
 * counts as old.
 *
 * @throws NpluskError `BAD_INPUT` when a folder names no class (the message lists the nearest labels) or may mean
 * several, or when no image is left to measure on
 * @returns the figures, also where the report could not be written: `unwritten` is there then, and `warnings` say why
 */
export async function evaluate(
  options: EvaluateOptions,
): Promise<Evaluation & { readonly unwritten?: readonly 'report'[] }> {
  const report = options.report && (await openReport(options.report, options))
  const { folders, ...found } = await findClasses([options.folder], 'evaluate', options)
  const samples = { old: folders.flatMap(({ files }) => files), added: [] }
  const gives = { givesFeatures: report !== undefined, givesBaseLogits: true }
  const classifier = await openClassifier({ ...options, samples, ...gives })
  await using _ = classifier.session
  const { images, skipped } = findTestImages(folders, classifier, options)
  const recorded = await recordImages(classifier, images, options, report?.onFeatures(images.length))
  const { records, scores, unreadable } = recorded
  const ranks = rankFigures(records, scores)
  const late = collectWarnings(options)
  const write = async () => report?.write(classifier, recorded, ranks)
  const isWritten = await afterResult('The figures are made, but the report', write, late)
  return {
    ...evaluationFigures(records, ranks),
    ...(options.wrong ? { wrong: wrongAnswers(records) } : {}),
    unreadable,
    skipped,
    ...found,
    warnings: [...found.warnings, ...late.warnings],
    records,
    ...(isWritten ? {} : { unwritten: ['report'] as const }),
  }
}

/** Loads what a report needs, and nothing else does. */
async function openReport(report: ReportOptions, options: EvaluateOptions) {
  const { evaluationReport } = await import('./evaluation-report.js')
  return evaluationReport(report, options)
}
