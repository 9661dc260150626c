import { batchSizes } from '../../runtime/run-views.js'
import type { Lease } from '../models/served-models.js'
import type { ServeLimits } from '../options.js'

/** How many places of the queue one request may take: as many as keep the model busy, so that others find some. */
export function placesOf({ classifier }: Lease, { batchSize, queueLength }: ServeLimits): number {
  return Math.min(2 * (batchSize ?? batchSizes[classifier.session.provider]), queueLength)
}
