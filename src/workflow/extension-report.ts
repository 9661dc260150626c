import { asStage } from '../advice/gain-of-cleaning.js'
import { learningCurveOf } from '../advice/learning-curve.js'
import { columnsOf } from '../bundle/columns.js'
import type { HeldOutRecord, Label, Manifest } from '../bundle/manifest.js'
import type { Rehearsal } from '../bundle/parts.js'
import type { HeldOutImageRecord } from '../calibration/held-out-records.js'
import { count } from '../core/numbers.js'
import type { CallOptions } from '../core/progress.js'
import type { ReportOptions } from '../core/report-options.js'
import { writeRecordReport } from '../report/record-report.js'
import { layerReports } from '../training/layer-report.js'
import type { Refit } from '../training/refit.js'
import { madeOf } from './made-of.js'
import { mapFeatures } from './map-features.js'

/** What an extension knows by the time that its report is written. */
export interface Extended {
  readonly manifest: Manifest
  readonly fitted: Refit
  readonly rehearsal: Rehearsal | undefined
  /** Whether a branch was trained with most of the images. */
  readonly isTuned: boolean
}

/** Writes the report of an extension, on the answers of heads that were not trained on the image. */
export async function writeExtensionReport(
  { file, command, rejectHint }: ReportOptions,
  { manifest, fitted, rehearsal, isTuned }: Extended,
  { out, add, ...call }: CallOptions & { readonly out: string; readonly add: readonly string[] },
): Promise<void> {
  const { records, newColumns, heldOut, regularisation, tried, trainedOn } = fitted
  const { seed, prior } = manifest.training
  const { merged, maxOldDrop } = trainedOn
  const settings = { seed, prior, merged, maxOldDrop }
  // A branch answers the images that it was trained with better than any to come.
  const learningCurve = isTuned
    ? undefined
    : await learningCurveOf(trainedOn, { ...settings, ...asStage(call, 'forecast') })
  const { layers = [] } = manifest.backbone
  const chosen = layerReports(manifest, { layers }).filter((one) => one.tried.length > 0)
  const hasFrozen = columnsOf(manifest.increments).length > trainedOn.classes
  const report = {
    title: 'What the classifier learned',
    lead: leadOf(records),
    records,
    isNew: ({ index }: Pick<Label, 'index'>) => newColumns.has(index),
    before: hasFrozen ? 'The earlier classifier' : 'The base model',
    features: mapFeatures(fitted, rehearsal),
    ranks: ranksOf(records, heldOut),
    rejecting: { quantiles: fitted, hint: rejectHint },
    training: {
      regularisation,
      losses: tried,
      learningCurve: learningCurve?.points,
      choices: { layers: chosen, head: { kind: fitted.kind, tried: fitted.triedKinds } },
    },
    made: await madeOf({ model: out, folders: add, command }, manifest),
  }
  await writeRecordReport(file, report, call)
}

/** What was measured, as a paragraph. */
export function leadOf(records: readonly Pick<HeldOutImageRecord, 'file'>[]): string {
  const unseen = records.filter((record) => record.file === null).length
  const those =
    unseen === 1
      ? 'one of them, an old one or one of an earlier addition, only features are kept: it counts'
      : `${unseen} of them, old ones and those of earlier additions, only features are kept: they count`
  const hidden = unseen === 0 ? '' : ` Of ${those}, and cannot be shown.`
  return `Each of ${count(records.length, 'image')} was judged by a classifier that had been trained without it, so the figures tell what to expect of other photographs of the same kind.${hidden}`
}

/** The classes' figures by column; those of training name the class. */
function ranksOf(records: readonly HeldOutImageRecord[], { perClass }: HeldOutRecord) {
  const columns = new Map(records.map(({ truth }) => [truth.label, truth.index]))
  return new Map(
    perClass.flatMap(({ label, averagePrecision, threshold }) => {
      const column = columns.get(label)
      if (column === undefined || averagePrecision === undefined || threshold === undefined) return []
      return [[column, { averagePrecision, threshold }] as const]
    }),
  )
}
