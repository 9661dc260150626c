// Teaching: the token is asked for once, and each classifier has its lesson.
import { make, say } from '../../dom.js'
import { counted, messageOf } from '../../words.js'
import { course } from './course.js'
import { downloads } from './downloads.js'
import { historyCard } from './history.js'
import { Lesson } from './lesson.js'
import { teachingService } from './service.js'
import { forgetToken, keepToken, keptToken, tokenForm } from './token.js'

const privacy =
  'Pictures that you teach it with go to the program that serves this page, and nowhere else. It deletes them when you remove them, keep the lesson, or leave it alone for two hours; what it learned from them stays.'

/** @param {import('../../session.js').Session} session */
export function teachView(session, section) {
  const lessons = new Map() // by classifier
  let token // that the service took
  let opened // holds the lesson that is shown
  let stage // what is shown: `element`, and maybe `take`, `pause`, `leave`
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
    lock('The token has changed. Please enter it again.')
  }

  function lock(message) {
    opened = token = undefined
    earlier.replaceChildren()
    show({ element: tokenForm(unlock, message) })
  }

  async function unlock(given) {
    const { name } = session.model
    const service = teachingService(given)
    const first = await service.history(name)
    keepToken(given)
    if (name !== session.model.name) return
    token = given
    try {
      await open(service, first)
    } catch (error) {
      opened = undefined
      throw error
    }
  }

  /** Shows what the lesson of this tab has come to, or begins one. */
  async function open(service, first) {
    model = session.model.name
    const lesson = lessonOf(service)
    const own = (opened = { lesson })
    const isOpen = () => own === opened
    const history = historyCard(service, session, { fail, tell, first })
    earlier.replaceChildren(history.element, downloads(service, session, fail))
    const resume = () => lesson.resume(service)
    const { goOn } = course(lesson, session, { show, tell, fail, isOpen, resume, update: history.update })
    goOn(await resume())
  }

  function lessonOf(service) {
    if (!lessons.has(model)) {
      const begun = new Lesson(service, model)
      begun.addEventListener('forgotten', ({ lost }) => begun === opened?.lesson && tellForgotten(begun, lost))
      lessons.set(model, begun)
    }
    return lessons.get(model)
  }

  /** @param lost number of pictures that only the service had, as they were given before a reload of the page */
  function tellForgotten({ classes }, lost) {
    const sentences = ['The service had deleted the pictures in the meantime.']
    if (lost > 0) sentences.push(`${counted(lost, 'picture')} cannot be sent again: this page no longer has the files.`)
    if (classes.some(({ pictures }) => pictures.length > 0))
      sentences.push(`${lost > 0 ? 'The others' : 'They'} are sent again; then press Teach once more.`)
    tell(sentences.join(' '), lost > 0)
  }

  async function enter() {
    if (opened !== undefined && token === keptToken()) return
    opened = undefined
    tell('')
    if (!session.model.teachable) {
      earlier.replaceChildren()
      return show({
        element: make('p', { class: 'card' }, `“${session.model.name}” cannot be taught. Choose another one above.`),
      })
    }
    const kept = keptToken()
    if (kept === undefined) return lock('')
    show({ element: make('p', { class: 'notice' }, 'Getting ready …') })
    try {
      await unlock(kept)
    } catch (error) {
      if (error.status === 401) forgetToken()
      lock(error.status === 401 ? 'This is not the token.' : messageOf(error))
    }
  }

  session.addEventListener('change', () => {
    if (model === session.model.name) return
    model = opened = undefined
    stage?.leave?.()
    if (!section.hidden) void enter()
  })
  return {
    enter,
    leave: () => stage?.pause?.(),
    take: (files, target) => stage?.take?.(files, target),
    takesFolders: true,
    privacy,
  }
}
