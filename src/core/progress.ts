import type { Remedy } from './remedies.js'

/** The stages of a call that a user waits for. */
export type Stage =
  | 'load'
  | 'download'
  | 'convert'
  | 'hash'
  | 'extract'
  | 'views'
  | 'compare'
  | 'rehearse'
  | 'choose-layers'
  | 'train'
  | 'reduce'
  | 'fine-tune'
  | 'extract-branch'
  | 'rehearse-branch'
  | 'retrain'
  | 'forecast'
  | 'merge'
  | 'export'
  | 'verify'
  | 'resume'
  | 'predict'
  | 'evaluate'
  | 'report'
  | 'write-part'
  | 'read-parts'

/** Something that may be wrong with the result; `remedy` as in `NpluskError`. */
export interface WarningEvent {
  readonly type: 'warning'
  readonly code: string
  readonly message: string
  readonly remedy?: Remedy | undefined
  /** Matters while the call lasts and not afterwards: it is shown at once, and results do not list it. */
  readonly isUrgent?: true | undefined
}

/** How far a network that is trained has come. */
export interface Learning {
  /** Mean of the latest steps, in nats; of a step, what new images have on average, and then old ones, added up. */
  readonly loss: number
  /** Views of new images in a second, on average since training began or went on. */
  readonly viewsPerSecond: number
  /**
   * The latest look at held-out images: their loss, in nats, and the share of the new ones that get their class, among
   * all classes. Absent before the first.
   */
  readonly heldOut?: { readonly loss: number; readonly top1: number | null } | undefined
}

/**
 * What a long call reports to its caller while it works.
 *
 * `progress`: within a stage, `done` never falls, `total` never changes, and the last event has `done === total`.
 */
export type ProgressEvent =
  | {
      readonly type: 'progress'
      readonly stage: Stage
      readonly done: number
      readonly total: number
      /** `percent`: of the stage, where it ends by whichever of two limits is reached first. */
      readonly unit: 'bytes' | 'images' | 'percent' | 'steps' | 'views'
      readonly learning?: Learning | undefined
    }
  | WarningEvent
  | { readonly type: 'info'; readonly message: string; readonly isUrgent?: true | undefined }

/** Reports something that may be wrong. */
export type Warn = (code: string, message: string, remedy?: Remedy) => void

export type OnProgress = (event: ProgressEvent) => void

/** Reports that a model is being loaded, or has been. */
export function reportLoading(onProgress: OnProgress | undefined, isDone = false): void {
  onProgress?.({ type: 'progress', stage: 'load', done: isDone ? 1 : 0, total: 1, unit: 'steps' })
}

/** Options that every long call takes. */
export interface CallOptions {
  /** Stops the call at its next step; it then throws `ABORTED` and leaves everything as it was. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: OnProgress | undefined
}
