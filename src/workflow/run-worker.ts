import type { CallOptions } from '../core/progress.js'
import type { JobReport } from '../queue/jobs.js'
import { chooseProvider } from '../runtime/providers.js'
import { openInstances } from '../runtime/instances.js'
import type { Device } from '../classifier/model-options.js'

export interface WorkerOptions extends CallOptions {
  /** Address of a Redis server. */
  readonly queue: string
  /** @default 'auto' */
  readonly device?: Device
  /** Called after every job. */
  readonly onJob?: (job: WorkerJob) => void
}

export type WorkerJob = JobReport

/**
 * Works for all `extractFeatures` and `writeAnswers` calls with the same queue until the signal fires; current jobs are
 * then finished first. Models come through the queue and are opened once.
 *
 * @returns the number of jobs done
 * @throws NpluskError `DEVICE_UNAVAILABLE`, `USAGE`, `QUEUE`
 */
export async function runWorker({ device = 'auto', ...options }: WorkerOptions): Promise<{ jobs: number }> {
  const provider = await chooseProvider(device, options.onProgress)
  const { work } = await import('../queue/work.js')
  return { jobs: await work({ ...options, openSession: (graph) => openInstances(graph, provider) }) }
}
