import { chooseProvider } from '../runtime/providers.js'
import { openWorkerSession } from '../runtime/worker-session.js'
import type { WorkerOptions } from './types.js'

/**
 * Computes bottlenecks for whoever calls `extractFeatures` with the same queue, until the signal fires; jobs in hand are finished
 * then. The model comes through the queue, and is opened once.
 *
 * @returns the number of jobs done
 * @throws NpluskError `DEVICE_UNAVAILABLE`, `USAGE`, `QUEUE`
 */
export async function runWorker({ device = 'auto', ...options }: WorkerOptions): Promise<{ jobs: number }> {
  const provider = await chooseProvider(device, options.onProgress)
  const { work } = await import('../queue/work.js')
  return { jobs: await work({ ...options, openSession: (graph) => openWorkerSession(graph, provider) }) }
}
