import { tensorNames } from '../../backbone/tensor-names.js'
import type { OpenClassifier } from '../../classifier/open-classifier.js'
import { allFinite } from '../../math/finite.js'
import { batchesAhead, batchSizeOf, type ImageGraph, type Outputs } from '../../runtime/run-views.js'
import type { Scores, ScoreOptions } from '../models/served-models.js'
import { Problem } from '../problems.js'
import { Batcher } from './batcher.js'
import { Budget } from '../../core/budget.js'
import type { ScoringHooks } from './hooks.js'
import type { DecodeHooks, PictureDecoder } from './picture-decoder.js'
import type { Places } from './places.js'
import { untilAborted } from './until-aborted.js'

export interface ScorerOptions {
  /** Shared by the revisions of a model. */
  readonly places: Places
  /** Shared by all models. */
  readonly decoder: PictureDecoder
  /** @default as many as prediction from files takes together */
  readonly batchSize?: number | undefined
  /** As in `BatcherOptions`. */
  readonly waitMs: number
  readonly hooks: ScoringHooks
}

/** Scores the images of many requests by one open classifier, in batches. */
export class Scorer {
  readonly #graph: ImageGraph
  readonly #options: ScorerOptions
  readonly #batcher: Batcher
  /** How many images are decoded ahead of the graph. */
  readonly #ahead: Budget

  /** @param classifier gives features */
  constructor({ session, preprocess, oneByOne = false }: OpenClassifier, options: ScorerOptions) {
    const { batchSize, waitMs, hooks } = options
    this.#graph = {
      session,
      preprocess,
      oneByOne,
      input: tensorNames.image,
      outputs: [tensorNames.logits, tensorNames.probabilities, tensorNames.features],
      ...(batchSize === undefined ? {} : { batchSize }),
    }
    this.#options = options
    this.#batcher = new Batcher(this.#graph, { waitMs, hooks })
    this.#ahead = new Budget(batchesAhead * batchSizeOf(this.#graph))
  }

  /** Whether the session failed to run a batch. */
  get hasFailed(): boolean {
    return this.#batcher.hasFailed
  }

  /** As `Lease.score`. */
  score(image: Uint8Array, { signal }: ScoreOptions): Promise<Scores> {
    const { decoder } = this.#options
    return this.#answer((hooks) => decoder.decode(image, this.#graph.preprocess, signal, hooks), signal)
  }

  /** As `Lease.scorePixels`. */
  async scorePixels(pixels: Uint8Array, { signal }: ScoreOptions): Promise<Scores> {
    const { width, height } = this.#graph.preprocess
    if (pixels.length !== width * height * 3) {
      throw new Problem('bad-request', `The model takes ${width} x ${height} pixels of three bytes each.`)
    }
    const give = async ({ ahead }: DecodeHooks) => {
      await ahead()
      return pixels
    }
    return this.#answer(give, signal)
  }

  async #answer(decode: (hooks: DecodeHooks) => Promise<Uint8Array>, signal: AbortSignal): Promise<Scores> {
    signal.throwIfAborted()
    using _place = this.#options.places.take()
    const outputs = await untilAborted(this.#run(decode, signal), signal)
    const { logits, probabilities, features } = outputs as Record<keyof Scores, Float32Array>
    if (!allFinite(logits) || !allFinite(probabilities)) {
      throw new Problem('internal', 'The model answers this picture with scores that are no finite numbers.')
    }
    return { logits, probabilities, features }
  }

  async #run(decode: (hooks: DecodeHooks) => Promise<Uint8Array>, signal: AbortSignal): Promise<Outputs> {
    const { hooks } = this.#options
    const came = performance.now()
    let decoding = 0
    let giveBack: (() => void) | undefined
    const timed = async () => {
      let start: number | undefined
      const pixels = await decode({
        ahead: async () => void (giveBack = await this.#ahead.take(1, signal)),
        onStart: () => (start = performance.now()),
      })
      if (start !== undefined) hooks.onStage('decode', (decoding = (performance.now() - start) / 1000))
      return pixels
    }
    return this.#batcher.run(timed, signal, () => {
      giveBack?.()
      if (!signal.aborted) hooks.onStage('queue', (performance.now() - came) / 1000 - decoding)
    })
  }
}
