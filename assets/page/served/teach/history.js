// What was changed before, and the way back.
import { button, confirmed, make } from '../../dom.js'
import { counted, listed, percent } from '../../words.js'

/** Names in a line. */
const most = 4

/** @param {import('../../session.js').Session} session */
export function historyCard(service, session, { fail, tell, first }) {
  const list = make('ol', { class: 'history' })
  const element = make('details', { class: 'card' }, make('summary', {}, 'Earlier lessons'), list)

  function draw({ revisions }) {
    list.replaceChildren(...revisions.map((one, i) => line(one, i === 0)))
  }

  async function update() {
    draw(await service.history(session.model.name))
  }

  function line(revision, isCurrent) {
    const { date, classes, heldOut, kept } = revision
    const when =
      date === null ? '' : new Date(date).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
    const known = classes === null ? '' : `knows ${counted(classes.total, 'thing')}`
    const right = heldOut?.after?.new?.top1
    const share = right === undefined || right === null ? '' : `${percent(right)} of new pictures right`
    return make(
      'li',
      {},
      make('p', {}, whatOf(revision)),
      make('p', { class: 'faint' }, [when, known, share].filter(Boolean).join(' · ')),
      isCurrent
        ? make('p', { class: 'faint' }, 'This is how it is now.')
        : kept && button('Go back to this', () => goBack(revision), { sign: 'undo', kind: 'small' }),
    )
  }

  async function goBack({ revision }) {
    const question =
      'Go back to how it was then? What was taught since is taken away. You can come forward again in the same way.'
    if (!(await confirmed(question, 'Go back'))) return
    try {
      const done = await service.rollback(session.model.name, revision)
      await session.loadUntil(done.revision)
      await update()
      tell('Done: it answers as it did then.')
    } catch (error) {
      fail(error)
    }
  }

  draw(first)
  return { element, update }
}

function whatOf({ kind, changes, restored, revision }) {
  const names = (list, of = (one) => one.label) => {
    const some = list.slice(0, most).map((one) => `“${of(one)}”`)
    return listed(list.length > most ? [...some, `${list.length - most} more`] : some)
  }
  if (kind === 'rollback') return `${revision}: went back to number ${restored}`
  const { added = [], grown = [], removed = [], renamed = [] } = changes ?? {}
  const parts = [
    added.length > 0 && `learned ${names(added)}`,
    grown.length > 0 && `got more pictures of ${names(grown)}`,
    removed.length > 0 && `forgot ${names(removed)}`,
    renamed.length > 0 && `now calls ${listed(renamed.slice(0, most).map(({ from, to }) => `“${from}” “${to}”`))}`,
  ].filter(Boolean)
  const text = parts.length === 0 ? 'changed' : parts.join('; ')
  return `${revision}: ${text}`
}
