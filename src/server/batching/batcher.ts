import { batchesAhead, batchSizeOf, runViews, type ImageGraph, type Outputs } from '../../runtime/run-views.js'
import { Problem } from '../problems.js'
import type { ScoringHooks } from './hooks.js'

export interface BatcherOptions {
  /** Milliseconds that an image waits for others that are still being decoded, where the graph has nothing to do. */
  readonly waitMs: number
  readonly hooks: Pick<ScoringHooks, 'onStage' | 'onBatch'>
}

interface Waiting {
  readonly pixels: Uint8Array
  readonly resolve: (outputs: Outputs) => void
  readonly reject: (error: unknown) => void
  /** Is told that the image has left the queue. */
  readonly onLeave: () => void
}

/**
 * Gathers images that come one by one in batches, and runs these. A full batch is sent off while another one still
 * runs, so that the graph never idles between them; one that is not full once the graph would idle otherwise.
 */
export class Batcher {
  readonly #graph: ImageGraph
  readonly #size: number
  readonly #options: BatcherOptions
  readonly #waiting = new Set<Waiting>()
  #coming = 0
  #running = 0
  #timer: NodeJS.Timeout | undefined
  #hasFailed = false

  constructor(graph: ImageGraph, options: BatcherOptions) {
    this.#graph = graph
    this.#size = batchSizeOf(graph)
    this.#options = options
  }

  /** Whether the session failed to run a batch. */
  get hasFailed(): boolean {
    return this.#hasFailed
  }

  /**
   * Runs an image in a batch with others.
   *
   * @param decode gives its pixels; until then others may wait for it
   * @param onLeave is called once the image no longer waits, whether it runs or has been given up
   * @throws Problem `internal` where the session fails; what `decode` throws; the signal's reason, if it fires before
   * the batch runs
   */
  async run(decode: () => Promise<Uint8Array>, signal: AbortSignal, onLeave: () => void): Promise<Outputs> {
    this.#coming++
    let pixels: Uint8Array
    try {
      pixels = await decode()
      signal.throwIfAborted()
    } catch (error) {
      onLeave()
      throw error
    } finally {
      this.#coming--
      // Others may have waited for this one alone. It may join them first.
      queueMicrotask(() => this.#send())
    }
    return new Promise((resolve, reject) => {
      const place = { pixels, resolve, reject, onLeave: () => (signal.removeEventListener('abort', leave), onLeave()) }
      const leave = () => {
        this.#waiting.delete(place)
        place.onLeave()
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.add(place)
    })
  }

  /** @param isLate whether the first of those that wait has waited long enough for others */
  #send(isLate = false): void {
    while (this.#waiting.size >= this.#size && this.#running < batchesAhead) this.#start()
    if (this.#waiting.size === 0 || this.#running > 0) return
    if (this.#coming === 0 || isLate) this.#start()
    else this.#timer ??= setTimeout(() => this.#sendLate(), this.#options.waitMs)
  }

  #sendLate(): void {
    // Where all have left meanwhile, those that come later wait anew.
    this.#timer = undefined
    this.#send(true)
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const batch = [...this.#waiting].slice(0, this.#size)
    for (const place of batch) {
      this.#waiting.delete(place)
      place.onLeave()
    }
    this.#options.hooks.onBatch(batch.length)
    void this.#run(batch)
  }

  async #run(batch: readonly Waiting[]): Promise<void> {
    const start = performance.now()
    this.#running++
    try {
      const outputs = await runViews(
        this.#graph,
        batch.map(({ pixels }) => pixels),
      )
      this.#options.hooks.onStage('inference', (performance.now() - start) / 1000)
      batch.forEach(({ resolve }, i) => resolve(outputs[i]!))
    } catch (cause) {
      this.#hasFailed = true
      for (const { reject } of batch) reject(new Problem('internal', 'The model failed to answer.', { cause }))
    } finally {
      this.#running--
      this.#send()
    }
  }
}
