import { isAdded } from '../bundle/manifest.js'
import type { ModelOptions } from '../classifier/model-options.js'
import type { OpenClassifier } from '../classifier/open-classifier.js'
import { count, were } from '../core/numbers.js'
import { checkReportFile, type ReportOptions } from '../core/report-options.js'
import type { RankFigures } from '../evaluation/class-scores.js'
import type { RecordedImages } from '../evaluation/record-images.js'
import { FeatureSketch, someOf } from '../report/feature-map.js'
import { writeRecordReport } from '../report/record-report.js'
import { madeOf } from './made-of.js'

/** Images on the map, evenly taken of more: placing them takes time and memory. */
const mostDots = 5000

/** A report in the making: it takes features as images are answered, and is written at the end. */
export interface EvaluationReport {
  /**
   * @param images their number
   * @returns what takes the features of each that is answered, in order
   */
  onFeatures(images: number): (features: Float32Array) => void
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
  const places: number[] = []
  return {
    onFeatures(images) {
      const shown = new Set(
        someOf(
          Array.from({ length: images }, (_, place) => place),
          mostDots,
        ),
      )
      let place = 0
      return (features) => {
        if (shown.has(place)) {
          places.push(place)
          sketch.add(features)
        }
        place++
      }
    },
    async write(classifier, { records, unreadable }, ranks) {
      const { model, folder } = options
      const classes = new Set(records.map(({ truth }) => truth.index)).size
      const report = {
        title: 'What the classifier gets right and wrong',
        lead: leadOf(records.length, classes, unreadable.length),
        records,
        isNew: isAdded,
        before: 'The base model',
        features: { places, rows: sketch.rows },
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

/** What was measured, as a paragraph. */
export function leadOf(photographs: number, classes: number, unreadable: number): string {
  const left = unreadable === 0 ? '' : ` ${unreadable} more could not be read and ${were(unreadable)} left out.`
  return `${count(photographs, 'photograph')} of ${count(classes, 'class')} ${were(photographs)} shown to the classifier. Its figures hold for other photographs only if it was trained on none of these.${left}`
}
