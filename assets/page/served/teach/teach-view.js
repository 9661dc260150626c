// Teaching: pictures are gathered, the lesson is taught, and what changed is kept or undone.
import { make, say } from '../../dom.js'
import { Failure, messageOf } from '../../words.js'
import { downloads } from './downloads.js'
import { gathering } from './gathering.js'
import { historyCard } from './history.js'
import { Lesson } from './lesson.js'
import { teachingProgress } from './progress.js'
import { resultCard } from './result.js'
import { teachingService } from './service.js'
import { forgetToken, keptToken, tokenForm } from './token.js'

const privacy =
  'Pictures that you teach it with go to the program that serves this page, and nowhere else. It deletes them when you remove them, keep the lesson, or leave it alone for two hours; what it learned from them stays.'

/** @param {import('../../session.js').Session} session */
export function teachView(session, section) {
  let service
  let lesson
  let stage // what is shown: `element`, and maybe `take`, `leave`
  let model
  const notice = make('p', { class: 'notice', role: 'status', hidden: true })
  const place = make('div', { class: 'stage' })
  const earlier = make('div', { class: 'stage' })
  section.append(notice, place, earlier)

  function show(next) {
    stage?.leave?.()
    stage = next
    place.replaceChildren(next.element)
  }

  function tell(message, isBad = false) {
    notice.hidden = message === ''
    notice.textContent = message
    notice.className = isBad ? 'notice bad' : 'notice'
    if (message === '') return
    notice.scrollIntoView({ block: 'nearest', behavior: 'smooth' })
    say(message)
  }

  /** What an error means to the visitor; a token that no longer holds is asked for anew. */
  function fail(error) {
    if (error.status !== 401) return tell(messageOf(error), true)
    forgetToken()
    service = undefined
    lock('The token has changed. Please enter it again.')
  }

  function lock(message) {
    earlier.replaceChildren()
    show({ element: tokenForm(unlock, message) })
  }

  async function unlock(token) {
    const candidate = teachingService(token)
    const first = await candidate.history(session.model.name)
    service = candidate
    await open(first)
  }

  /** Shows what the lesson of this tab has come to, or begins one. */
  async function open(first) {
    model = session.model.name
    lesson = new Lesson(service, model)
    const history = historyCard(service, session, { fail, tell, first })
    earlier.replaceChildren(history.element, downloads(service, session, fail))
    const state = await lesson.resume()
    if (state === 'teaching') void watch(history)
    else if (state === 'taught') void attempt(() => present(history))
    else gather(history)
  }

  function gather(history) {
    if (lesson.classes.length === 0) lesson.addClass()
    show(gathering(lesson, session, { fail, tell, teach: (...how) => teach(history, ...how) }))
  }

  async function teach(history, options, afterCheck) {
    tell('')
    try {
      await lesson.settled()
      await (await lesson.calls()).teach(options, afterCheck)
    } catch (error) {
      if (error.status !== 404) return fail(error)
      lesson.sendAgain()
      return tell(
        'The service had deleted the pictures in the meantime. They are sent again; then press Teach once more.',
      )
    }
    await watch(history)
  }

  async function watch(history) {
    const stopped = new AbortController()
    const progress = teachingProgress(async () => {
      stopped.abort()
      await lesson.restart()
      gather(history)
      tell('Stopped: nothing has changed. Your pictures are still here.')
    })
    show(progress)
    scrollTo({ top: 0, behavior: 'smooth' })
    try {
      for await (const { event, data } of await (await lesson.calls()).events(stopped.signal)) {
        if (event === 'failed') throw new Failure(data.problem.detail ?? data.problem.title, 'failed')
        progress.on(event, data)
      }
      await present(history)
    } catch (error) {
      if (stopped.signal.aborted) return
      gather(history)
      fail(error)
    }
  }

  async function present(history) {
    const result = await (await lesson.calls()).result()
    lesson.forgetFailed()
    await session.loadUntil(result.revision)
    await history.update()
    show(resultCard(lesson, session, result, { keep, undo }))
    say('Taught. See what has changed.')

    async function keep() {
      await attempt(async () => {
        await lesson.end()
        lesson = new Lesson(service, model)
        gather(history)
        tell('Kept. The pictures that it was taught with are deleted; what it learned from them stays.')
      })
    }

    async function undo() {
      await attempt(async () => {
        const { revision } = await (await lesson.calls()).undo()
        await session.loadUntil(revision)
        await history.update()
        gather(history)
        tell('Undone: it answers as it did before. Your pictures are still here.')
      })
    }
  }

  async function attempt(work) {
    try {
      await work()
    } catch (error) {
      fail(error)
    }
  }

  async function enter() {
    if (service !== undefined && model === session.model.name) return
    tell('')
    if (!session.model.teachable) {
      earlier.replaceChildren()
      model = undefined
      return show({
        element: make('p', { class: 'card' }, `“${session.model.name}” cannot be taught. Choose another one above.`),
      })
    }
    const token = keptToken()
    if (token === undefined) return lock('')
    show({ element: make('p', { class: 'notice' }, 'Getting ready …') })
    try {
      await unlock(token)
    } catch (error) {
      if (error.status === 401) forgetToken()
      lock(error.status === 401 ? 'This is not the token.' : messageOf(error))
    }
  }

  session.addEventListener('change', () => !section.hidden && model !== session.model.name && void enter())
  return {
    enter,
    leave: () => stage?.pause?.(),
    take: (files, target) => stage?.take?.(files, target),
    takesFolders: true,
    privacy,
  }
}
