import type { Gauge } from '@prometheus-io/client'
import type { Lease } from '../models/served-models.js'
import { callInThread } from '../teaching/library-thread.js'
import type { TrainingSpread } from './feature-distance.js'

type Classifier = Lease['classifier']

/** The spread of training features of every revision, read in a thread of its own when it is first asked. */
export class Spreads {
  /** Of every revision that was asked; `undefined` while it is read, and where there is none. */
  readonly #known = new WeakMap<Classifier, TrainingSpread | undefined>()
  /** By name what was leased last, which the gauge is about: leases of what it replaced may still be asked. */
  readonly #newest = new Map<string, Classifier>()

  /** @param distance shows how far the training images themselves lie from their mean */
  constructor(
    readonly distance: Gauge<'model'>,
    readonly stopping: AbortSignal,
  ) {}

  /** To be called when a lease begins. */
  begin({ name, classifier }: Lease): void {
    if (this.#newest.get(name) === classifier) return
    this.#newest.set(name, classifier)
    this.distance.remove({ model: name })
  }

  /** The spread that belongs to a lease; `undefined` while it is read, and for a model that keeps no features. */
  of(lease: Lease): TrainingSpread | undefined {
    const { classifier, id } = lease
    if (!this.#known.has(classifier)) {
      this.#known.set(classifier, undefined)
      if (id !== undefined) void this.#read(lease, id)
    }
    return this.#known.get(classifier)
  }

  async #read({ name, model, classifier }: Lease, id: string): Promise<void> {
    try {
      const spread = await callInThread('trainingSpread', { model, id }, { signal: this.stopping })
      this.#known.set(classifier, spread)
      if (spread === undefined || this.#newest.get(name) !== classifier) return
      this.distance.set({ model: name }, spread.meanDistance)
    } catch {
      // The folder holds another revision by now, which will be asked for its own spread; or the service ends.
    }
  }
}
