import type { HashedImage } from '../features/extract.js'
import type { Preprocess } from '../image/types.js'

/** What workers and senders agree on; a change here takes another number in the name. */
export const queueName = 'nplusk-features-1'

/** Work for one worker: compute the bottlenecks of some images, unless Redis has them already. */
export interface FeaturesJob {
  /** SHA-256 of the graph that is to run, under which Redis has it. */
  readonly graph: string
  /** Identifies the backbone in the keys of bottlenecks. */
  readonly backbone: string
  readonly preprocess: Preprocess
  /** Files by their absolute paths, the same on all machines, and the views that are wanted. */
  readonly images: readonly HashedImage[]
}

/** What comes back beside the bottlenecks, which lie in Redis. */
export interface FeaturesOutcome {
  /** Views that went through the model; Redis had the others. */
  readonly computed: number
  /** Images that cannot be decoded. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
}

/** One job that a worker has done. */
export interface JobReport {
  readonly job: string
  readonly images: number
  /** Views that went through the model; what was known already did not. */
  readonly computed: number
  readonly seconds: number
}

/** Views in a job: some batches, so that a worker that is killed loses a second or so. */
export const viewsPerJob = 24

/**
 * A worker says all 7 seconds that it is alive; a job of one that was silent for this long goes to another, in
 * milliseconds. More than the time for which a batch, or the loading of a model, may hold the thread.
 */
export const lease = 15_000

/** Milliseconds between two looks for jobs whose worker has gone. */
export const leaseCheck = 5_000

/** A job that took this many workers with it is given up. */
export const mostWorkersLost = 5

/** Times that a job is tried which ends with an error, such as a file that one machine cannot read. */
export const attempts = 3

/** Seconds for which Redis keeps what nobody collects: a backbone, bottlenecks. */
export const keepSeconds = 86_400
