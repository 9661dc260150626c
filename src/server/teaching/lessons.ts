import { Problem } from '../problems.js'
import type { Clock } from './clock.js'
import { Lesson } from './lesson.js'
import type { TeachingLimits } from './limits.js'
import { openPrivateFolder, type PrivateFolder } from './private-folder.js'

/** All lessons of a service. Their folders lie in a temporary one that only this user may enter. */
export class Lessons {
  readonly #lessons = new Map<string, { readonly lesson: Lesson; usedAt: number }>()

  /** Lessons that have ended, but whose files are still there. */
  readonly #ending = new Set<Promise<void>>()

  private constructor(
    private readonly folder: PrivateFolder,
    private readonly limits: TeachingLimits,
    private readonly clock: Clock,
  ) {}

  static async open(limits: TeachingLimits, clock: Clock): Promise<Lessons> {
    return new Lessons(await openPrivateFolder(), limits, clock)
  }

  get root(): string {
    return this.folder.path
  }

  /** @throws Problem `conflict` where there are too many */
  async create(model: string): Promise<Lesson> {
    const { lessons: most } = this.limits
    if (this.#lessons.size >= most)
      throw new Problem('conflict', `There are ${most} lessons already; end one of them first.`)
    const lesson = new Lesson(model, this.root, this.limits)
    this.#lessons.set(lesson.id, { lesson, usedAt: this.clock.now() })
    await lesson.pictures.open().catch((error: unknown) => {
      this.#lessons.delete(lesson.id)
      throw error
    })
    return lesson
  }

  /** @throws Problem `not-found` */
  get(id: string): Lesson {
    const found = this.#lessons.get(id)
    if (found === undefined) throw new Problem('not-found', 'There is no such lesson, or it has ended.')
    found.usedAt = this.clock.now()
    return found.lesson
  }

  /**
   * Ends a lesson: it is not found from now on.
   *
   * @returns resolves once its work has stopped and every upload is deleted
   * @throws Problem `not-found`
   */
  async end(id: string): Promise<void> {
    const lesson = this.get(id)
    this.#lessons.delete(id)
    const ending = lesson.end()
    this.#ending.add(ending)
    await ending.finally(() => this.#ending.delete(ending))
  }

  /** Ends the lessons that nobody has asked for lately; one that is being taught goes on. */
  async endIdle(): Promise<void> {
    const before = this.clock.now() - this.limits.idleMs
    const idle = [...this.#lessons.values()].filter(
      ({ lesson, usedAt }) => usedAt < before && lesson.state !== 'teaching',
    )
    await Promise.all(idle.map(({ lesson }) => this.end(lesson.id)))
  }

  /** Ends all lessons and deletes the folder. */
  async close(): Promise<void> {
    await Promise.all([...this.#lessons.keys()].map((id) => this.end(id)))
    await Promise.allSettled(this.#ending)
    await this.folder[Symbol.asyncDispose]()
  }
}
