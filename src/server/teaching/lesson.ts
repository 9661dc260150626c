import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Problem } from '../problems.js'
import { EventLog } from './event-log.js'
import type { Taught } from './library-calls.js'
import type { TeachingLimits } from './limits.js'
import { Pictures, type Upload } from './pictures.js'
import type { LessonResult } from './result.js'

/**
 * - `collecting`: pictures come in
 * - `teaching`: the model is being extended
 * - `taught`: the model has learned it
 * - `failed`: it has not, and stayed as it was; the lesson may be changed and taught again
 * - `undone`: it had learned it, and that was taken back
 */
export type LessonState = 'collecting' | 'teaching' | 'taught' | 'failed' | 'undone'

/** A lesson that the model has learned. */
export interface TaughtLesson {
  readonly taught: Taught
  readonly result: LessonResult
}

/** Pictures by class that a model is to be taught. */
export class Lesson {
  readonly id = randomBytes(12).toString('hex')
  readonly pictures: Pictures
  readonly events = new EventLog()
  #state: LessonState = 'collecting'
  #taught: TaughtLesson | undefined
  readonly #ending = new AbortController()
  #stopping = new AbortController()
  /** Work on the lesson that its end waits for. */
  readonly #work = new Set<Promise<unknown>>()

  /**
   * @param model the name by which requests ask for it
   * @param root folder in which the lesson gets one of its own
   */
  constructor(
    readonly model: string,
    root: string,
    limits: TeachingLimits,
  ) {
    this.pictures = new Pictures(join(root, this.id), limits)
  }

  get state(): LessonState {
    return this.#state
  }

  /** Aborted when the lesson ends. */
  get ending(): AbortSignal {
    return this.#ending.signal
  }

  /** @throws Problem `conflict` where it is not taught, or no more */
  get taught(): TaughtLesson {
    if (this.#state !== 'taught' || this.#taught === undefined)
      throw new Problem('conflict', 'The lesson is not taught.')
    return this.#taught
  }

  /** @throws Problem `conflict` where the pictures may not change now */
  checkOpen(): void {
    if (this.ending.aborted) throw new Problem('not-found', 'The lesson has ended.')
    if (this.#state === 'teaching') throw new Problem('conflict', 'The lesson is being taught; its pictures stay.')
    if (this.#state === 'taught') throw new Problem('conflict', 'The lesson is taught; undo it, or begin another one.')
  }

  /**
   * Adds a picture, unless the lesson is taught or ends before that is done.
   *
   * @throws Problem as `checkOpen` and `Pictures.add`
   */
  add(label: string, file: string, content: Uint8Array): Promise<Upload> {
    return this.during(this.pictures.add(label, file, content, () => this.checkOpen()))
  }

  /**
   * @returns aborted when the teaching is to stop
   * @throws Problem as `checkOpen`
   */
  begin(): AbortSignal {
    this.checkOpen()
    this.#state = 'teaching'
    this.#stopping = new AbortController()
    this.events.reopen()
    return this.#stopping.signal
  }

  /** Stops teaching; the pictures stay. @throws Problem `conflict` where it is not being taught */
  stop(): void {
    if (this.#state !== 'teaching') throw new Problem('conflict', 'The lesson is not being taught.')
    this.#stopping.abort()
  }

  succeed(taught: TaughtLesson): void {
    this.#state = 'taught'
    this.#taught = taught
    this.events.add('taught', { revision: taught.taught.revision })
    this.events.close()
  }

  fail(problem: object): void {
    this.#state = 'failed'
    this.events.add('failed', { problem })
    this.events.close()
  }

  takenBack(): void {
    this.#state = 'undone'
    this.#taught = undefined
  }

  /** Whether there is work that the end of the lesson waits for. */
  get isBusy(): boolean {
    return this.#work.size > 0
  }

  /** Keeps the end of the lesson waiting for some work; errors are its caller's. */
  async during<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(
      () => undefined,
      () => undefined,
    )
    this.#work.add(settled)
    try {
      return await work
    } finally {
      this.#work.delete(settled)
    }
  }

  /** Aborts what is in hand, waits for its end, and deletes every upload. */
  async end(): Promise<void> {
    this.#ending.abort()
    this.#stopping.abort()
    await Promise.all(this.#work)
    this.events.close()
    await this.pictures.close()
  }
}
