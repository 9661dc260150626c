import { statSync } from 'node:fs'
import type { PlainTensor, Provider, Session } from './session.js'
import { planInstances, singleInstance, type InstancePlan } from './instance-plan.js'
import type { Model, NamedTensors } from './worker-messages.js'
import { startWorkerSession, type StartedSession, type StartOptions } from './worker-session.js'

/**
 * Runs after which further sessions are opened: by then as much time has gone by as opening them may take, and there is
 * likely to be more to do.
 */
export const runsBeforeMore = 16

/** A session that may become several, once it has been seen that there is work for them. */
export interface StartedInstances extends Session {
  /** @throws NpluskError as `openSession` */
  readonly opened: Promise<void>
  /** Fulfilled once the model's file is no longer needed: all sessions are open, or there will be no others. */
  readonly released: Promise<void>
}

/**
 * Opens a graph for many pictures. At first there is one session of all cores, which answers a single picture soonest.
 * Under lasting work others of a thread or two are opened in the background and take its place: threads of one session
 * wait for each other after every operator, and keep the processor from decoders meanwhile. Runs go to the session that
 * has fewest in hand. Every output has the same bits, whichever session gives it.
 *
 * @param model the path of an ONNX file, or its bytes, which are transferred: the caller's array is empty afterwards
 */
export function startInstances(
  model: Model,
  provider: Provider,
  { plan, ...options }: StartOptions & { readonly plan?: InstancePlan | undefined } = {},
): StartedInstances {
  const size = typeof model === 'string' ? statSync(model).size : model.byteLength
  // Several would wait for the same GPU.
  const wanted = provider === 'cpu' ? (plan ?? planInstances(size)) : singleInstance
  return new Instances(startWorkerSession(model, provider, options), wanted)
}

/**
 * As `startInstances`, but waits until the first session is open.
 *
 * @param model the path of an ONNX file, or its bytes, which are copied
 * @throws NpluskError as `openSession`
 */
export async function openInstances(model: Model, provider: Provider = 'cpu', plan?: InstancePlan): Promise<Session> {
  const instances = startInstances(typeof model === 'string' ? model : new Uint8Array(model), provider, { plan })
  await instances.opened
  return instances
}

interface Instance {
  readonly session: StartedSession
  inHand: number
}

class Instances implements StartedInstances {
  readonly provider: Provider
  readonly instances: number
  readonly opened: Promise<void>
  readonly released: Promise<void>
  readonly #plan: InstancePlan
  /** Those that runs go to. */
  #active: Instance[]
  readonly #all: Instance[]
  #release!: () => void
  #runs = 0
  #isClosed = false
  #growing: Promise<void> | undefined

  constructor(first: StartedSession, plan: InstancePlan) {
    this.provider = first.provider
    this.#plan = plan
    this.instances = plan.count
    this.#active = [{ session: first, inHand: 0 }]
    this.#all = [...this.#active]
    this.opened = first.opened.then(() => undefined)
    const last = new Promise<void>((resolve) => (this.#release = resolve))
    const isOnlyOne = plan.count === 1
    this.released = this.opened.then(
      () => (isOnlyOne ? undefined : last),
      () => undefined,
    )
    // Whoever runs the graph receives the error.
    this.opened.catch(() => undefined)
  }

  run(
    inputs: NamedTensors,
    outputs: readonly string[],
    transfersInputs?: boolean,
  ): Promise<Record<string, PlainTensor>> {
    const instance = this.#active.reduce((least, one) => (one.inHand < least.inHand ? one : least))
    // A run that has nothing to wait for would not be answered sooner by other sessions.
    if (instance.inHand > 0 && this.#plan.count > 1 && ++this.#runs === runsBeforeMore) this.#growing = this.#grow()
    instance.inHand++
    return instance.session.run(inputs, outputs, transfersInputs).finally(() => {
      instance.inHand--
      this.#closeIfReplaced(instance)
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#release()
    await Promise.all(this.#all.map(({ session }) => session.close()))
    await this.#growing
    await Promise.all(this.#all.map(({ session }) => session.close()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Opens the others one after another, so that little is taken from the session that runs meanwhile. */
  async #grow(): Promise<void> {
    const others: Instance[] = []
    const { count, threads } = this.#plan
    try {
      let model = await this.#all[0]!.session.opened
      while (others.length < count && !this.#isClosed) {
        const instance = { session: startWorkerSession(model, this.provider, { threads }), inHand: 0 }
        others.push(instance)
        this.#all.push(instance)
        model = await instance.session.opened
      }
      if (this.#isClosed) return
      const [first] = this.#active
      this.#active = others
      this.#closeIfReplaced(first!)
    } catch {
      // They are for speed alone; there may be no memory for them. The first one goes on.
      await Promise.all(others.map(({ session }) => session.close()))
    } finally {
      this.#release()
    }
  }

  #closeIfReplaced(instance: Instance): void {
    if (instance.inHand === 0 && !this.#active.includes(instance)) void instance.session.close()
  }
}
