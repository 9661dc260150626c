import type { ModelOptions } from '../../classifier/model-options.js'
import { NpluskError } from '../../core/errors.js'
import type { ProgressEvent } from '../../core/progress.js'
import type { Overlap } from '../../classes/labels.js'
import { documentOf } from '../problem-documents.js'
import { Problem } from '../problems.js'
import { reasonsOf } from '../report-failure.js'
import type { Services } from '../services.js'
import { adviceDocument, type AdviceDocument } from './advice-document.js'
import type { Lesson } from './lesson.js'
import { callInThread } from './library-thread.js'
import { lessonResult } from './result.js'
import { bundleOf, targetOf, type Target } from './target.js'
import { Turn } from './turn.js'
import { failureOf } from './words/failure.js'
import { warningFor, type LessonWarning } from './words/warning.js'

export interface TeachOptions {
  readonly overlap?: Exclude<Overlap, 'error'>
  readonly name?: string
}

/** What the history of a bundle says of a change that was made here. */
const command = 'a lesson of the service'

/** Does the long work on lessons and models, one piece at a time, in a thread beside the service's own. */
export class Teacher {
  readonly #services: Services
  readonly #turn = new Turn()

  constructor(services: Services) {
    this.#services = services
  }

  /**
   * Begins to teach a lesson; its events and its state tell the rest.
   *
   * @throws Problem `conflict` for its state, without pictures, or while there is other work; `unknown-model`
   */
  async begin(lesson: Lesson, options: TeachOptions): Promise<void> {
    lesson.checkOpen()
    if (lesson.pictures.size === 0) throw new Problem('conflict', 'The lesson has no pictures yet.')
    const turn = this.#turn.take('a lesson is being taught')
    try {
      const target = await targetOf(this.#services, lesson.model)
      const signal = lesson.begin()
      void lesson.during(this.#teach(lesson, target, options, signal).finally(() => turn[Symbol.dispose]()))
    } catch (error) {
      turn[Symbol.dispose]()
      throw error
    }
  }

  /**
   * @param gone fires when nobody waits for the advice any more
   * @throws Problem `conflict` as `begin`, `bad-request`
   */
  async advise(lesson: Lesson, gone: AbortSignal): Promise<AdviceDocument> {
    lesson.checkOpen()
    if (lesson.pictures.size === 0) throw new Problem('conflict', 'The lesson has no pictures yet.')
    using _ = this.#turn.take('the pictures of a lesson are being looked at')
    const { name, model } = await targetOf(this.#services, lesson.model)
    const { pictures } = lesson
    const options = { ...this.#modelOptions(), model, folder: 'lesson', classes: classesOf(lesson) }
    const signal = AbortSignal.any([lesson.ending, gone])
    try {
      const advice = await lesson.during(callInThread('advise', options, { signal }))
      return adviceDocument(advice, name, {
        idOf: (path) => pictures.idOf(path),
        named: (text) => pictures.named(text),
      })
    } catch (error) {
      throw failureOf(error, (text) => pictures.named(text))
    }
  }

  /**
   * Takes a taught lesson back.
   *
   * @returns the revision of the bundle afterwards
   * @throws Problem `conflict` where it is not taught, or the bundle was changed since
   */
  async undo(lesson: Lesson): Promise<number> {
    const { taught } = lesson.taught
    using _ = this.#turn.take('a lesson is being undone')
    try {
      const revision = await lesson.during(callInThread('undo', { ...this.#modelOptions(), taught, command }, {}))
      await this.#services.models.refresh(lesson.model)
      lesson.takenBack()
      return revision
    } catch (error) {
      throw failureOf(error)
    }
  }

  /** @throws Problem `not-found` for a revision that is not kept, `conflict` */
  async rollBack(name: string | undefined, revision: number) {
    using _ = this.#turn.take('a model is being set back')
    const bundle = await bundleOf(this.#services, name)
    try {
      const result = await callInThread('rollback', { model: bundle.out, revision, command }, {})
      await this.#services.models.refresh(bundle.name)
      const { restored, classes, changes } = result
      return { model: bundle.name, restored, revision: result.revision, classes, changes }
    } catch (error) {
      const hint = (text: string) => text.replaceAll(bundle.out, bundle.name)
      throw failureOf(error, hint)
    }
  }

  async #teach(
    lesson: Lesson,
    { model, out }: Target,
    { overlap, name }: TeachOptions,
    signal: AbortSignal,
  ): Promise<void> {
    const { pictures } = lesson
    const named = (text: string) => pictures.named(text)
    const warnings: LessonWarning[] = []
    const onProgress = (event: ProgressEvent) => {
      if (event.type === 'progress') {
        const { type: _, ...data } = event
        lesson.events.add('progress', data, event.stage)
      } else if (event.type === 'warning' && !event.isUrgent) {
        const warning = warningFor(event, named)
        if (warning === undefined) return
        warnings.push(warning)
        lesson.events.add('warning', warning)
      }
    }
    const chosen = { ...(overlap === undefined ? {} : { overlap }), ...(name === undefined ? {} : { name }) }
    const options = { ...this.#modelOptions(), ...chosen, model, out, add: [], classes: classesOf(lesson), command }
    try {
      const { taught, extended } = await callInThread('teach', options, { signal, onProgress })
      if (signal.aborted) {
        // It came too late to stop the teaching, and means that nothing is to change, if that can still be.
        const isUndone = await callInThread('undo', { ...this.#modelOptions(), taught, command }, {}).then(
          () => true,
          (error: unknown) => {
            if (error instanceof NpluskError && error.code === 'CONFLICT') return false
            throw error
          },
        )
        if (isUndone) signal.throwIfAborted()
      }
      // Who hears that it is taught may ask at once.
      await this.#services.models.refresh(lesson.model)
      lesson.succeed({ taught, result: lessonResult(extended, warnings, (path) => pictures.idOf(path)) })
    } catch (error) {
      const problem = failureOf(error, named)
      if (problem.type === 'internal' || problem.type === 'no-space') this.#report(problem)
      lesson.fail(documentOf(problem))
    }
  }

  #modelOptions(): Omit<ModelOptions, 'model'> {
    const { device, cacheDir, hub, proxies } = this.#services.options
    return {
      ...(device === undefined ? {} : { device }),
      ...(cacheDir === undefined ? {} : { cacheDir }),
      ...(hub === undefined ? {} : { hub }),
      ...(proxies === undefined ? {} : { proxies }),
    }
  }

  /** Tells whoever runs the service of teaching that failed by no fault of the lesson: its client hears no reason. */
  #report(problem: Problem): void {
    const message = `Teaching failed: ${reasonsOf(problem)}`
    this.#services.options.onProgress?.({ type: 'warning', code: 'TEACHING_FAILED', message })
  }
}

function classesOf({ pictures }: Lesson) {
  return pictures.classes().map(({ label, images }) => ({
    label,
    files: images.map(({ image }) => pictures.pathOf(image)),
  }))
}
