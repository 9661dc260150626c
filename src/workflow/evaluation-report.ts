import { isAdded } from '../bundle/manifest.js'
import type { ModelOptions } from '../classifier/model-options.js'
import type { OpenClassifier } from '../classifier/open-classifier.js'
import { checkReportFile, type ReportOptions } from '../core/report-options.js'
import type { RankFigures } from '../evaluation/class-scores.js'
import type { RecordedImages } from '../evaluation/record-images.js'
import { FeatureSketch } from '../report/feature-map.js'
import { writeRecordReport } from '../report/record-report.js'
import { madeOf } from './made-of.js'

/** A report in the making: it takes features as images are answered, and is written at the end. */
export interface EvaluationReport {
  onFeatures(features: Float32Array): void
  /** @param ranks by column */
  write(
    classifier: OpenClassifier,
    recorded: Pick<RecordedImages, 'records' | 'unreadable'>,
    ranks: ReadonlyMap<number, RankFigures>,
  ): Promise<void>
}

/** @throws NpluskError `BAD_INPUT` where the report cannot be written to its place */
export async function evaluationReport(
  { file, command, rejectHint }: ReportOptions,
  options: ModelOptions & { readonly folder: string },
): Promise<EvaluationReport> {
  await checkReportFile(file)
  const sketch = new FeatureSketch()
  return {
    onFeatures: (features) => sketch.add(features),
    async write(classifier, { records, unreadable: left }, ranks) {
      const { model, folder } = options
      const unreadable = left.length
      const classes = new Set(records.map(({ truth }) => truth.index)).size
      const damaged = unreadable === 0 ? '' : ` ${unreadable} more could not be read and are left out.`
      const report = {
        title: 'What the classifier gets right and wrong',
        lead: `${records.length} photographs of ${classes} classes were shown to the classifier. Its figures hold for other photographs only if it was trained on none of these.${damaged}`,
        records,
        isNew: isAdded,
        before: 'The base model',
        features: { places: [...records.keys()], rows: sketch.rows },
        ranks: new Map(
          [...ranks].map(([column, { averagePrecision, best }]) => [
            column,
            { averagePrecision, threshold: best.threshold },
          ]),
        ),
        rejecting: { quantiles: classifier, hint: rejectHint },
        made: await madeOf({ model, folders: [folder], command }, classifier.manifest),
      }
      await writeRecordReport(file, report, options)
    },
  }
}
