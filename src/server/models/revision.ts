import { revisionIdOf } from '../../bundle/history/revision-file.js'
import type { OpenClassifier } from '../../classifier/open-classifier.js'
import { Scorer, type ScorerOptions } from '../batching/scorer.js'
import type { Lease } from './served-models.js'

/** One revision of a model in a session, which closes once it is replaced and its last lease has ended. */
export class Revision {
  /** Of the bundle's manifest; `undefined` for a base model. */
  readonly id: string | undefined
  readonly #scorer: Scorer
  #leases = 0
  #isReplaced = false

  /** @param model the bundle's folder, or what else names the model */
  constructor(
    readonly model: string,
    readonly classifier: OpenClassifier,
    options: ScorerOptions,
  ) {
    this.id = classifier.manifest && revisionIdOf(classifier.manifest).id
    this.#scorer = new Scorer(classifier, options)
  }

  /** Whether its session has failed, for whatever reason, since it was opened. */
  get hasFailed(): boolean {
    return this.#scorer.hasFailed
  }

  lease(name: string): Lease {
    this.#leases++
    let hasEnded = false
    return {
      name,
      model: this.model,
      revision: this.classifier.manifest?.revision ?? 0,
      id: this.id,
      classifier: this.classifier,
      hasFailed: () => this.hasFailed,
      score: (image, options) => this.#scorer.score(image, options),
      scorePixels: (pixels, options) => this.#scorer.scorePixels(pixels, options),
      [Symbol.dispose]: () => {
        if (hasEnded) return
        hasEnded = true
        this.#leases--
        this.#closeIfUnused()
      },
    }
  }

  /** There will be no further lease. */
  retire(): void {
    this.#isReplaced = true
    this.#closeIfUnused()
  }

  close(): Promise<void> {
    return this.classifier.session.close()
  }

  #closeIfUnused(): void {
    if (this.#isReplaced && this.#leases === 0) void this.close().catch(() => undefined)
  }
}
