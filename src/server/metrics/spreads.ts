import type { Gauge } from '@prometheus-io/client'
import type { Lease } from '../models/served-models.js'
import { callInThread } from '../teaching/library-thread.js'
import type { TrainingSpread } from './feature-distance.js'

/** The spread of training features of every model, read in a thread of its own when a revision is first asked. */
export class Spreads {
  readonly #known = new Map<string, { readonly id: string | undefined; spread: TrainingSpread | undefined }>()

  /** @param distance shows how far the training images themselves lie from their mean */
  constructor(
    readonly distance: Gauge<'model'>,
    readonly stopping: AbortSignal,
  ) {}

  /** The spread that belongs to a lease; `undefined` while it is read, and for a model that keeps no features. */
  of({ name, model, id }: Lease): TrainingSpread | undefined {
    const known = this.#known.get(name)
    if (known !== undefined && known.id === id) return known.spread
    this.#known.set(name, { id, spread: undefined })
    this.distance.remove({ model: name })
    if (id !== undefined) void this.#read(name, model, id)
    return undefined
  }

  async #read(name: string, model: string, id: string): Promise<void> {
    try {
      const spread = await callInThread('trainingSpread', { model, id }, { signal: this.stopping })
      const known = this.#known.get(name)
      if (known?.id !== id || spread === undefined) return
      known.spread = spread
      this.distance.set({ model: name }, spread.meanDistance)
    } catch {
      // The folder holds another revision by now, which will be asked for its own spread; or the service ends.
    }
  }
}
