import type { HashedImage } from '../features/extract.js'
import type { Preprocess } from '../image/types.js'

/** Names the format of the messages between senders and workers; increase the number when that format changes. */
export const queueName = 'nplusk-features-1'

/** Work for one worker: compute the bottlenecks of some images, except those that Redis already has. */
export interface FeaturesJob {
  /** SHA-256 of the graph to run, which is also its key in Redis. */
  readonly graph: string
  /** The backbone's part of the keys of bottlenecks. */
  readonly backbone: string
  readonly preprocess: Preprocess
  /** The files, by absolute paths that are the same on all machines, and the views wanted of each. */
  readonly images: readonly HashedImage[]
}

/** The result of a job; the bottlenecks themselves are stored in Redis. */
export interface FeaturesOutcome {
  /** Number of views run through the model; Redis already had the others. */
  readonly computed: number
  /** Images that could not be decoded. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
}

/** A job that a worker has completed. */
export interface JobReport {
  readonly job: string
  readonly images: number
  /** Number of views run through the model; those already in Redis are not counted. */
  readonly computed: number
  readonly seconds: number
}

/** Views in a job: a few batches, so that a worker that is killed loses about a second of work. */
export const viewsPerJob = 24

/**
 * Milliseconds of silence after which a worker's job goes to another; workers renew their claim about every 7 seconds.
 * Longer than a batch, or loading a model, may block the thread.
 */
export const lease = 15_000

/** Milliseconds between checks for jobs whose worker has gone. */
export const leaseCheck = 5_000

/** A job whose worker was lost more often than this is given up. */
export const maxWorkersLost = 5

/** How often a job that ends with an error, such as a file that one machine cannot read, is tried in all. */
export const attempts = 3

/** Seconds for which Redis keeps backbones and bottlenecks that nobody collects. */
export const keepSeconds = 86_400
