// The course of a lesson: pictures are gathered, they are taught, and what changed is kept or undone.
import { say } from '../../dom.js'
import { Failure } from '../../words.js'
import { gathering } from './gathering.js'
import { teachingProgress } from './progress.js'
import { resultCard } from './result.js'

const isForgotten =
  'The service no longer has this lesson, so it cannot be undone here. “Earlier lessons” below has the way back.'

/**
 * @param {import('./lesson.js').Lesson} lesson
 * @param {import('../../session.js').Session} session
 * @param place `show` puts a stage in its place; `tell` and `fail` say something to the visitor; `isOpen` says whether
 *   the lesson is still the one that is shown; `resume` gives its state; `update` brings what was taught up to date
 */
export function course(lesson, session, { show, tell, fail, isOpen, resume, update }) {
  /** Shows what the lesson has come to, and what went wrong on the way. */
  function goOn(state, trouble) {
    if (!isOpen()) return
    if (state === 'teaching') void watch()
    else if (state === 'taught') void present()
    else gather(trouble)
  }

  function gather(trouble) {
    if (!isOpen()) return
    if (lesson.classes.length === 0) lesson.addClass()
    show(gathering(lesson, session, { fail, tell, teach }))
    if (trouble !== undefined) fail(trouble)
  }

  function gatherAgain(message) {
    if (!isOpen()) return
    gather()
    tell(message)
  }

  async function teach(options, afterCheck) {
    tell('')
    try {
      await lesson.settled()
      await (await lesson.calls()).teach(options, afterCheck)
    } catch (error) {
      if (!isOpen()) return
      if (error.status === 404) return lesson.sendAgain()
      // It may be taught already: the answer to an earlier request can have been lost.
      const state = error.status === 409 ? await resume().catch(() => undefined) : undefined
      return ['teaching', 'taught'].includes(state) ? goOn(state) : fail(error)
    }
    goOn('teaching')
  }

  async function watch() {
    const gone = new AbortController()
    let isStopped = false
    const progress = teachingProgress(async () => {
      isStopped = true
      await (await lesson.calls()).stop().catch((error) => {
        if (error.status === 409) return // it has ended, and the events say how
        isStopped = false
        throw error
      })
    })
    show({ ...progress, leave: () => gone.abort() })
    scrollTo({ top: 0, behavior: 'smooth' })
    let trouble
    try {
      for await (const { event, data } of (await lesson.calls()).events(gone.signal)) {
        if (event === 'failed') return ended(data.problem, isStopped)
        progress.on(event, data)
      }
    } catch (error) {
      if (error.status !== 404) trouble = error
    }
    if (gone.signal.aborted) return
    resume().then((state) => goOn(state, trouble), gather)
  }

  function ended({ type, title, detail }, isStopped) {
    if (!isStopped || !type.endsWith(':conflict')) return gather(new Failure(detail ?? title, 'failed'))
    gatherAgain('Stopped: nothing has changed. Your pictures are still here.')
  }

  async function present() {
    try {
      const result = await (await lesson.calls()).result()
      lesson.forgetFailed()
      if (!isOpen()) return
      await session.loadUntil(result.revision)
      await update()
      if (!isOpen()) return
      show(resultCard(lesson, session, result, { keep, undo }))
      say('Taught. See what has changed.')
    } catch (error) {
      gather(error)
    }
  }

  async function keep() {
    await attempt(async () => {
      await lesson.end()
      gatherAgain('Kept. The pictures that it was taught with are deleted; what it learned from them stays.')
    })
  }

  async function undo() {
    await attempt(async () => {
      const { revision } = await (await lesson.calls()).undo()
      if (!isOpen()) return
      await session.loadUntil(revision)
      await update()
      gatherAgain('Undone: it answers as it did before. Your pictures are still here.')
    }, isForgotten)
  }

  /** @param missing what to say where the service does not know the lesson */
  async function attempt(work, missing) {
    try {
      await work()
    } catch (error) {
      if (!isOpen()) return
      if (error.status === 404 && missing !== undefined) tell(missing, true)
      else fail(error)
    }
  }

  return { goOn }
}
