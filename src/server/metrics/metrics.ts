import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client'

/** What the time of a request goes into. */
export type StageOfRequest = 'read' | 'decode' | 'queue' | 'inference'

/** Figures of one service, in Prometheus's terms. */
export interface Metrics {
  readonly registry: Registry
  /** By route, method and status. */
  readonly requests: Counter<'route' | 'method' | 'status'>
  /** From a request's head to the end of its answer. */
  readonly requestSeconds: Histogram<'route'>
  /** `read` once a request; `decode`, `queue` once an image; `inference` once a batch. */
  readonly stageSeconds: Histogram<'stage'>
  /** Images that wait for a batch or are in one. */
  readonly queueLength: Gauge<'model'>
  /** Images of a batch. */
  readonly batchSize: Histogram<'model'>
}

const milliseconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Makes the figures of a service, in a registry of its own, so that several services in a process do not mix. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  return {
    registry,
    requests: new Counter({
      name: 'nplusk_http_requests_total',
      help: 'Requests that were answered.',
      labelNames: ['route', 'method', 'status'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'nplusk_http_request_seconds',
      help: "Seconds from a request's head to the end of its answer.",
      labelNames: ['route'],
      buckets: milliseconds,
      registers,
    }),
    stageSeconds: new Histogram({
      name: 'nplusk_stage_seconds',
      help: 'Seconds of a stage: read (a request), decode and queue (an image), inference (a batch).',
      labelNames: ['stage'],
      buckets: milliseconds,
      registers,
    }),
    queueLength: new Gauge({
      name: 'nplusk_queue_images',
      help: 'Images that wait for a batch or are in one.',
      labelNames: ['model'],
      registers,
    }),
    batchSize: new Histogram({
      name: 'nplusk_batch_images',
      help: 'Images of a batch.',
      labelNames: ['model'],
      buckets: [1, 2, 4, 8, 16, 32, 64, 128],
      registers,
    }),
  }
}
