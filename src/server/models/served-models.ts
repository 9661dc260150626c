import type { OpenClassifier } from '../../classifier/open-classifier.js'

/** A classifier's answer to one image. */
export interface Scores {
  /** [N + k] */
  readonly logits: Float32Array
  /** [N + k] */
  readonly probabilities: Float32Array
  /** [features], unscaled. */
  readonly features: Float32Array
}

export interface ScoreOptions {
  /** Aborted when the client has gone or its time is over: the image then gives up its place. */
  readonly signal: AbortSignal
}

/** One bundle as it was when the lease began. It stays open until the lease ends, whatever happens to the folder. */
export interface Lease extends Disposable {
  /** The name by which requests ask for it. */
  readonly name: string
  /** The bundle's folder, or what else `model` named. */
  readonly model: string
  /** Revision of the bundle; 0 for a base model. */
  readonly revision: number
  /** Tells this state of the bundle from any other, of whatever number; `undefined` for a base model. */
  readonly id: string | undefined
  readonly classifier: OpenClassifier
  /** Whether its session has failed, for whatever reason, since it was opened. */
  hasFailed(): boolean
  /**
   * Decodes an image and runs it in a batch with those of other requests.
   *
   * @param image content of an image file
   * @throws Problem `unreadable-image`, `too-large`, `overloaded`, `deadline-exceeded`
   */
  score(image: Uint8Array, options: ScoreOptions): Promise<Scores>
  /** `score` for pixels of the model's own size. @param pixels RGB, HWC: height * width * 3 */
  scorePixels(pixels: Uint8Array, options: ScoreOptions): Promise<Scores>
}

/** The classifiers of one service, by name. */
export interface ServedModels extends AsyncDisposable {
  /** In the order given; the first answers where a request names none. */
  readonly names: readonly string[]
  /** Whether every model can be asked. */
  readonly isReady: boolean
  /** @throws Problem `unknown-model` */
  lease(name?: string): Lease
  /**
   * Looks at once whether a bundle has been replaced, which is otherwise seen within a second or two. Once this
   * resolves, leases are of what lies there, unless that cannot be opened, which is reported as a warning.
   *
   * @param name @default all models
   */
  refresh(name?: string): Promise<void>
}
