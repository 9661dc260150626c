/**
 * Teach a pretrained image classifier new classes without losing the old ones.
 *
 * Functions take one options object; for long-running ones it may hold an `AbortSignal` and a progress listener.
 * Failures are thrown as {@link NpluskError}, whose `code` states their kind.
 *
 * @example Adding classes, and classifying with the result
 * ```ts
 * import { extendModel, loadClassifier } from 'nplusk'
 *
 * const { heldOut, warnings } = await extendModel({ model: 'inception-v3', add: ['flowers'], out: 'extended' })
 * console.log(heldOut, warnings)
 *
 * const classifier = await loadClassifier({ model: 'extended' })
 * try {
 *   for await (const result of classifier.classify(['photo.jpg'], { top: 3 })) {
 *     if ('error' in result) console.error(result.file, result.error)
 *     else for (const { label, probability } of result.predictions) console.log(label, probability)
 *   }
 * } finally {
 *   await classifier.close()
 * }
 * ```
 *
 * @example Measuring and exporting, with progress, and stopped by Ctrl-C
 * ```ts
 * import { evaluate, exportModel, NpluskError, type ProgressEvent } from 'nplusk'
 *
 * const abort = new AbortController()
 * process.once('SIGINT', () => abort.abort())
 * const call = {
 *   signal: abort.signal,
 *   onProgress: (event: ProgressEvent) => {
 *     if (event.type === 'progress') console.error(event.stage, event.done, event.total)
 *   },
 * }
 *
 * try {
 *   const { top1 } = await evaluate({ model: 'extended', folder: 'flowers-test', ...call })
 *   console.log(top1)
 *   await exportModel({ model: 'extended', format: 'onnx', out: 'flowers.onnx', ...call })
 * } catch (error) {
 *   if (error instanceof NpluskError && error.code === 'ABORTED') console.error('stopped; nothing is half written')
 *   else throw error
 * }
 * ```
 *
 * @module nplusk
 */

// Workflows
export type { Depth } from './branch/cut.js'
export type { Layer } from './features/layers.js'
export type { FineTuningReport } from './fine-tuning/fine-tune.js'
export type { LayerReport } from './training/layer-report.js'
export { extendModel, type ExtendResult, type ExtensionFiles } from './workflow/extend.js'
export type { ExtendOptions } from './training/extend-options.js'
export type { Overlap } from './classes/labels.js'
export type { ClassFolder } from './folders/folder.js'
export type { GrownClass } from './tables/grown-classes.js'
export type { AugmentRecord } from './training/new-images.js'
export type { ViewProbe } from './tables/views/views-pay.js'
export { removeClasses, type RemoveOptions, type RemoveResult } from './workflow/remove.js'
export { loadClassifier, type Classifier } from './workflow/classifier.js'
export { writeAnswers, type AnswersOptions, type AnswersResult } from './workflow/write-answers.js'
export type { AnswerOptions, ImageResult } from './answers/answering.js'
export type { ImageSource } from './evaluation/score-images.js'
export type { Thresholds } from './classes/thresholds.js'
export { readThresholds } from './classes/threshold-file.js'
export type { Prediction } from './classifier/prediction.js'
export { evaluate, type EvaluateOptions } from './workflow/evaluate.js'
export type { ReportOptions } from './core/report-options.js'
export type { Evaluation } from './evaluation/evaluation.js'
export type { EvaluationFigures } from './evaluation/evaluation-figures.js'
export type { BestThreshold } from './evaluation/ranking.js'
export type { EvaluationRecord, ImageRecord } from './evaluation/evaluation-record.js'
export type { HeldOutImageRecord } from './calibration/held-out-records.js'
export type { ErrorKind } from './evaluation/error-kind.js'
export type { OldAndNewFigures } from './evaluation/old-and-new.js'
export { writeRecords } from './evaluation/record-file.js'
export type { WrongAnswer } from './evaluation/wrong-answers.js'
export { advise, type AdviseOptions } from './workflow/advise.js'
export type { AdviceReportOptions } from './workflow/advice-report.js'
export type { Advice } from './advice/advice.js'
export type { Estimate } from './advice/estimate.js'
export type { LearningCurve, LearningCurvePoint } from './advice/curve-from-answers.js'
export type { DomainShift } from './advice/domain-shift.js'
export type { KnownShift } from './advice/known-shifts.js'
export type {
  AdvisedClass,
  Duplicates,
  Giveaway,
  GiveawayAttribute,
  JudgedClasses,
  OverlappingClass,
  RankedLabel,
  RankedOutlier,
  SimilarClasses,
  TestComparison,
  TransferCase,
} from './advice/findings.js'
export type { AdviceKind, AdviceStep, Gain } from './advice/steps.js'
export { learningCurve, type LearningCurveOptions } from './workflow/learning-curve.js'
export { suggest, type SuggestedImage, type SuggestOptions, type SuggestResult } from './workflow/suggest.js'
export { listLabels } from './workflow/classes.js'
export { renameClass, type RenameOptions, type RenameResult } from './workflow/rename.js'
export type { RenamePlan } from './classes/renaming.js'

// A bundle's history
export { history, type History, type HistoryEntry } from './workflow/history.js'
export { verifyBundle, type DamagedFile, type Verification, type VerifyOptions } from './workflow/verify.js'
export type { Held } from './bundle/verify/file-state.js'
export { rollback, type RollbackOptions, type RollbackResult } from './workflow/rollback.js'
export { diffBundles, type ComparedState, type Difference, type DiffOptions } from './workflow/diff.js'
export type { ComparedAnswers, CompareOptions } from './workflow/compare-answers.js'
export type { AnswerChanges, FirstAnswer, TwoAnswers } from './evaluation/answer-changes.js'
export type { BundleState } from './bundle/history/find-state.js'
export type { ClassChange } from './bundle/held-out-changes.js'
export type { Changes, ClassImages, Renaming } from './bundle/changes.js'
export type { ChangeKind, HeldOutSummary } from './bundle/history/record.js'
export type { ChangeOptions } from './bundle/history/change-options.js'
export type { BundleSize } from './bundle/history/size.js'

// Serving
export { serve, type RunningServer } from './server/serve.js'
export type { ModelToServe, ServeLimits, ServeOptions } from './server/options.js'

// Export
export { exportModel, type ExportOptions, type ExportResult } from './workflow/export.js'
export { exportFormats, type ExportFormat } from './export/formats.js'
export type { Precision } from './precision/convert.js'

// Computing features in advance, on several machines
export { extractFeatures, type FeaturesOptions, type FeaturesResult } from './workflow/extract-features.js'
export { mergeFeatures, type MergeOptions, type MergeResult } from './workflow/merge-features.js'
export { runWorker, type WorkerJob, type WorkerOptions } from './workflow/run-worker.js'
export type { JobReport } from './queue/jobs.js'
export type { Shard } from './features/shard.js'

// Models, cache and setup
export { listModels, pullModel, type KnownModelInfo, type PulledModel, type PullOptions } from './workflow/models.js'
export { cacheInfo, clearCache, type CacheInfo, type CacheOptions } from './workflow/cache.js'
export { diagnose, type Diagnosis } from './workflow/doctor.js'
export { setUpCuda, type CudaSetup, type CudaVersion } from './workflow/setup-cuda.js'
export { inspectModel, type InspectedFeature, type Inspection, type InspectOptions } from './workflow/inspect.js'

// Shared types
export type { Device, ModelOptions } from './classifier/model-options.js'
export type { Trainer } from './training/trainers.js'
export type { InputCard, InputKind } from './export/card.js'
export type { InputOptions } from './backbone/hints.js'
export type { ImageInput } from './locate/types.js'
export type { BatchCoupling } from './classifier/batch-coupling.js'
export type { Channels, Normalisation } from './backbone/normalisation.js'
export type { Preprocess } from './image/types.js'
export type { InputRecord } from './preprocessing/input-record.js'
export type { HubAccess } from './fetch/fetch-options.js'
export type { Proxies } from './fetch/proxied-fetch.js'
export type { PreprocessReport } from './classifier/describe-input.js'
export type { PassedOverKind } from './folders/passed-over.js'
export type { ImageCounts } from './tables/image-counts.js'
export type { HeldOutClassRecord, HeldOutRecord, Label } from './bundle/manifest.js'
export type { CallOptions, Learning, OnProgress, ProgressEvent, Stage, WarningEvent } from './core/progress.js'
export type { HeadChoice, HeadKind } from './head/head-kind.js'
export type { TriedKind, TriedRegularisation } from './head/head-method.js'
export { NpluskError, type ErrorCode, type ErrorDetails } from './core/errors.js'
export type { Remedy } from './core/remedies.js'
