import type { Lease, ServedModels } from '../models/served-models.js'
import { Problem } from '../problems.js'

/** What an address says of a model. */
export interface ModelPath {
  readonly model: string
  /** Revision of the bundle. @default the one that is served */
  readonly version?: string | undefined
}

/**
 * Leases a model. Of each the current revision alone is served.
 *
 * @throws Problem `unknown-model`
 */
export function leaseVersion(models: ServedModels, { model, version }: ModelPath): Lease {
  const lease = models.lease(model)
  if (version === undefined || version === String(lease.revision)) return lease
  const { revision } = lease
  lease[Symbol.dispose]()
  throw new Problem(
    'unknown-model',
    `Of this model version ${revision} is served and no other; without a version a request gets it.`,
  )
}
