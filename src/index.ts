/** Teach a pretrained image classifier new classes without losing the old ones. */

// What one does
export { extendModel, type ExtendResult } from './workflow/extend.js'
export type { ExtendOptions } from './workflow/extend-options.js'
export type { Overlap } from './classes/labels.js'
export type { GrownClass } from './training/grown-classes.js'
export { removeClasses, type RemoveOptions, type RemoveResult } from './workflow/remove.js'
export { loadClassifier, type Classifier, type ImageResult } from './workflow/classifier.js'
export type { Prediction } from './classifier/prediction.js'
export { evaluate, type EvaluateOptions, type Evaluation } from './workflow/evaluate.js'
export type { EvaluationFigures } from './evaluation/evaluation-figures.js'
export type { EvaluationRecord } from './evaluation/evaluation-record.js'
export type { ErrorKind } from './evaluation/error-kind.js'
export type { WrongAnswer } from './evaluation/wrong-answers.js'
export { listLabels } from './workflow/classes.js'
export { exportModel, type ExportOptions, type ExportResult } from './workflow/export.js'
export type { ExportFormat } from './export/place.js'

// Features ahead of time, on many machines
export { extractFeatures, type FeaturesOptions, type FeaturesResult } from './workflow/extract-features.js'
export { mergeFeatures, type MergeOptions, type MergeResult } from './workflow/merge-features.js'
export { runWorker, type WorkerJob, type WorkerOptions } from './workflow/run-worker.js'
export type { Shard } from './features/shard.js'

// What there is on this machine
export { listModels, pullModel, type KnownModelInfo, type PulledModel, type PullOptions } from './workflow/models.js'
export { cacheInfo, clearCache, type CacheOptions } from './workflow/cache.js'
export { diagnose, type Diagnosis } from './workflow/doctor.js'
export { setUpCuda } from './workflow/setup-cuda.js'
export { inspectModel, type InspectedFeature, type Inspection, type InspectOptions } from './workflow/inspect.js'

// What they have in common
export type { Device, ModelOptions } from './classifier/model-options.js'
export type { Trainer } from './training/trainers.js'
export type { InputCard, InputKind } from './export/card.js'
export type { InputOptions } from './backbone/hints.js'
export type { InputRecord } from './preprocessing/input-record.js'
export type { HubAccess } from './fetch/fetch-options.js'
export type { Proxies } from './fetch/proxied-fetch.js'
export type { PreprocessReport } from './classifier/describe-input.js'
export type { PassedOverKind } from './folders/passed-over.js'
export type { ImageCounts } from './training/image-counts.js'
export type { HeldOutClassRecord, HeldOutRecord, Label } from './bundle/manifest.js'
export type { CallOptions, OnProgress, ProgressEvent, Stage } from './core/progress.js'
export { NpluskError, type ErrorCode } from './core/errors.js'
