/** Teach a pretrained image classifier new classes without losing the old ones. */

// What one does
export { extendModel, type ExtendResult } from './workflow/extend.js'
export type { ExtendOptions } from './workflow/extend-options.js'
export type { Overlap } from './workflow/labels.js'
export type { GrownClass } from './workflow/grown-classes.js'
export { removeClasses, type RemoveOptions, type RemoveResult } from './workflow/remove.js'
export { loadClassifier, type Classifier, type ImageResult, type Prediction } from './workflow/classifier.js'
export { evaluate, type EvaluateOptions, type Evaluation } from './workflow/evaluate.js'
export type { EvaluationFigures } from './workflow/evaluation-figures.js'
export { listLabels } from './workflow/classes.js'
export { exportModel, type ExportOptions, type ExportResult } from './workflow/export.js'
export type { ExportFormat } from './workflow/export-place.js'

// Features ahead of time, on many machines
export { extractFeatures, type FeaturesOptions, type FeaturesResult } from './workflow/extract-features.js'
export { mergeFeatures, type MergeOptions, type MergeResult } from './workflow/merge-features.js'
export { runWorker, type WorkerJob, type WorkerOptions } from './workflow/run-worker.js'
export type { Shard } from './workflow/shard.js'

// What there is on this machine
export { listModels, pullModel, type KnownModelInfo, type PulledModel, type PullOptions } from './workflow/models.js'
export { cacheInfo, clearCache, type CacheOptions } from './workflow/cache.js'
export { diagnose, type Diagnosis } from './workflow/doctor.js'
export { setUpCuda } from './workflow/setup-cuda.js'
export { inspectModel, type InspectedFeature, type Inspection, type InspectOptions } from './workflow/inspect.js'

// What they have in common
export type { Device, ModelOptions } from './workflow/model-options.js'
export type { Trainer } from './workflow/trainers.js'
export type { InputCard, InputKind } from './export/card.js'
export type { InputOptions } from './model/describe/hints.js'
export type { InputRecord } from './model/input-record.js'
export type { HubAccess } from './model/fetch-options.js'
export type { Proxies } from './model/proxied-fetch.js'
export type { PreprocessReport } from './workflow/describe-input.js'
export type { PassedOverKind } from './image/passed-over.js'
export type { ImageCounts } from './workflow/image-counts.js'
export type { HeldOutClassRecord, HeldOutRecord, Label } from './bundle/manifest.js'
export type { CallOptions, OnProgress, ProgressEvent, Stage } from './core/progress.js'
export { NpluskError, type ErrorCode } from './core/errors.js'
