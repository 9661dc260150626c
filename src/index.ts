/** Teach a pretrained image classifier new classes without losing the old ones. */

// What one does
export { extendModel } from './workflow/extend.js'
export { removeClasses } from './workflow/remove.js'
export { loadClassifier } from './workflow/classifier.js'
export { evaluate } from './workflow/evaluate.js'
export { listLabels } from './workflow/classes.js'
export { exportModel } from './workflow/export.js'

// Features ahead of time, on many machines
export { extractFeatures } from './workflow/extract-features.js'
export { mergeFeatures } from './workflow/merge-features.js'
export { runWorker } from './workflow/run-worker.js'

// What there is on this machine
export { listModels, pullModel } from './workflow/models.js'
export { cacheInfo, clearCache } from './workflow/cache.js'
export { diagnose } from './workflow/doctor.js'
export { setUpCuda } from './workflow/setup-cuda.js'
export { inspectModel } from './workflow/inspect.js'

// What goes in and comes out
export type * from './workflow/types.js'
export type { Inspection } from './workflow/inspect.js'
export type { InputCard, InputKind } from './export/card.js'
export type { InputOptions } from './model/describe/hints.js'
export type { Label } from './bundle/manifest.js'
export type { CallOptions, OnProgress, ProgressEvent, Stage } from './core/progress.js'
export { NpluskError, type ErrorCode } from './core/errors.js'
