import { EventEmitter, once } from 'node:events'
import type { Clock } from './clock.js'

/** What is told of a lesson while it is taught. */
export interface LessonEvent {
  /** Counts through all events of a lesson. */
  readonly id: number
  readonly event: 'progress' | 'warning' | 'taught' | 'failed'
  readonly data: object
}

/**
 * The events of a lesson, for those who listen now and those who come back. Of the progress of one stage only the last
 * is kept, so that a log stays small however long the teaching takes.
 */
export class EventLog {
  #events: readonly (LessonEvent & { readonly key: string })[] = []
  #ids = 0
  #isOpen = true
  readonly #changes = new EventEmitter().setMaxListeners(0)

  /** Id of the last event; 0 before the first. */
  get newest(): number {
    return this.#ids
  }

  /** Whether more will come. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** @param key events of one key replace each other. @default none */
  add(event: LessonEvent['event'], data: object, key = `${this.#ids}`): void {
    const earlier = this.#events.filter((one) => one.key !== key)
    this.#events = [...earlier, { id: ++this.#ids, event, data, key }]
    this.#changes.emit('change')
  }

  after(id: number): readonly LessonEvent[] {
    return this.#events.filter((one) => one.id > id)
  }

  /** Forgets the events of an earlier teaching; ids go on. */
  reopen(): void {
    this.#events = []
    this.#isOpen = true
  }

  close(): void {
    this.#isOpen = false
    this.#changes.emit('change')
  }

  /** Resolves at the next change. @throws AbortError once the signal has fired */
  async change(signal: AbortSignal): Promise<void> {
    await once(this.#changes, 'change', { signal })
  }
}

/** How long a stream may be silent, in milliseconds: proxies and browsers take longer silence for the end. */
export const heartbeatMs = 15_000

/**
 * The events after an id as text of server-sent events, until the log is closed or the signal fires. A reader that is
 * slower than the events gets the newest of each stage.
 */
export async function* eventStream(
  log: EventLog,
  lastId: number,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): AsyncGenerator<string, void, void> {
  let last = lastId
  // What was sent so far makes the client see that it is connected.
  yield ': connected\n\n'
  while (!signal.aborted) {
    const [next] = log.after(last)
    if (next !== undefined) {
      yield textOf(next)
      last = next.id
    } else if (!log.isOpen) return
    else if (await isQuiet(log, clock, signal)) yield ': still here\n\n'
  }
}

/** Waits for a change, the time of a heartbeat at most. @returns whether none came */
async function isQuiet(log: EventLog, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const done = new AbortController()
  const stop = () => done.abort()
  signal.addEventListener('abort', stop, { once: true })
  const change = log.change(done.signal).then(() => false)
  const pause = clock.wait(heartbeatMs, done.signal).then(() => true)
  try {
    return await Promise.race([change, pause])
  } catch {
    return false
  } finally {
    stop()
    signal.removeEventListener('abort', stop)
    await Promise.allSettled([change, pause])
  }
}

function textOf({ id, event, data }: LessonEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
