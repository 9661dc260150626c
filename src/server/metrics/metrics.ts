import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client'

/** What the time of a request goes into. */
export type StageOfRequest = 'read' | 'decode' | 'queue' | 'inference'

/** Figures of one service, in Prometheus's terms. */
export interface Metrics {
  readonly registry: Registry
  /** By route, method and status. */
  readonly requests: Counter<'route' | 'method' | 'status'>
  /** Requests whose answer has not ended. */
  readonly requestsInHand: Gauge
  /** From a request's head to the end of its answer. */
  readonly requestSeconds: Histogram<'route'>
  /** `read` once a request; `decode`, `queue` once an image; `inference` once a batch. */
  readonly stageSeconds: Histogram<'stage'>
  /** Images that wait for a batch or are in one. */
  readonly queueLength: Gauge<'model'>
  /** Images of a batch. */
  readonly batchSize: Histogram<'model'>
  /** Images that were asked about; `outcome` is `answered` or the type of the problem. */
  readonly images: Counter<'model' | 'outcome'>
  /** Answered images that are taken to show no known class. */
  readonly rejected: Counter<'model'>
  /** `featureDistance` of answered images. */
  readonly featureDistance: Histogram<'model'>
  /** The mean of `featureDistance` over the training images. */
  readonly trainingDistance: Gauge<'model'>
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
    requestsInHand: new Gauge({
      name: 'nplusk_http_requests_in_hand',
      help: 'Requests whose answer has not ended.',
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
    images: new Counter({
      name: 'nplusk_images_total',
      help: 'Images that were asked about, by outcome: answered, or the type of the problem.',
      labelNames: ['model', 'outcome'],
      registers,
    }),
    rejected: new Counter({
      name: 'nplusk_rejected_images_total',
      help: 'Answered images less sure than all but 5 % of images of known classes are.',
      labelNames: ['model'],
      registers,
    }),
    featureDistance: new Histogram({
      name: 'nplusk_feature_distance',
      help: 'Distance of answered images from the features of training.',
      labelNames: ['model'],
      buckets: [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 5, 10],
      registers,
    }),
    trainingDistance: new Gauge({
      name: 'nplusk_training_feature_distance',
      help: 'Mean distance of the training images themselves.',
      labelNames: ['model'],
      registers,
    }),
  }
}
