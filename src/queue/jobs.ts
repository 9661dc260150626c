import type { Scored } from '../answers/answering.js'
import type { HashedImage } from '../features/extract.js'
import type { Preprocess } from '../image/types.js'

/** Names the format of the messages between senders and workers; increase the number when that format changes. */
export const queueName = 'nplusk-4'

/** Work for one worker. */
export type Job = FeaturesJob | AnswersJob
/** The result of a job, as the worker gives it. */
export type Outcome = FeaturesOutcome | AnswersOutcome

/** Computing the bottlenecks of some images, except those that Redis already has. */
export interface FeaturesJob {
  readonly kind: 'features'
  /** SHA-256 of the graph to run, which is also its key in Redis. */
  readonly graph: string
  /** The backbone's part of the keys of bottlenecks. */
  readonly backbone: string
  /** See `Extractor`. */
  readonly hasFurther: boolean
  readonly preprocess: Preprocess
  /** The files, by absolute paths that are the same on all machines, and the views wanted of each. */
  readonly images: readonly HashedImage[]
}

/** The bottlenecks themselves are stored in Redis. */
export interface FeaturesOutcome {
  /** Number of views run through the model; Redis already had the others. */
  readonly computed: number
  /** Images that could not be decoded. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
}

/** Asking a classifier about some images. */
export interface AnswersJob {
  readonly kind: 'answers'
  /** SHA-256 of the graph to run, which is also its key in Redis. */
  readonly graph: string
  readonly preprocess: Preprocess
  /** Whether the graph itself runs the images of a batch one by one. */
  readonly oneByOne: boolean
  /** Number of the graph's classes. */
  readonly classes: number
  /** Number of those of the base model, which come first. */
  readonly oldClasses: number
  /** Number of the best columns that are wanted of each image. */
  readonly columns: number
  readonly images: readonly ImageToAnswer[]
}

export interface ImageToAnswer {
  /** An absolute path, the same on all machines. */
  readonly path: string
  /** SHA-256 of the file's content. */
  readonly hash: string
  /** What errors call it. */
  readonly name: string
}

/** For every image of the job, in its order: what its answer is made of, or why there is none. */
export type AnswersOutcome = readonly (Scored | { readonly error: string })[]

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

/** Jobs in the queue at once: enough for many workers, few enough for Redis's memory. */
export const jobsAtOnce = 128

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

/** How often work is sent, in all, of which Redis loses what came back. */
export const maxRounds = 5

/** Seconds for which Redis keeps graphs and bottlenecks that nobody collects. */
export const keepSeconds = 86_400

/** Jobs done, and events about jobs, that Redis keeps for senders to see. */
export const jobsKept = 1_000
