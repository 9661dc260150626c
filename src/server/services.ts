import type { Metrics } from './metrics/metrics.js'
import type { ServedModels } from './models/served-models.js'
import type { Settings } from './options.js'

/** What every route works with. */
export interface Services {
  readonly models: ServedModels
  readonly options: Settings
  readonly metrics: Metrics
  /** Aborted once the service is told to end: streams then close, and nothing new begins. */
  readonly stopping: AbortSignal
}
