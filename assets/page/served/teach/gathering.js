// The classes of a lesson, and what can be done with them.
import { button, make } from '../../dom.js'
import { counted, listed, messageOf } from '../../words.js'
import { adviceCard } from './advice.js'
import { classCard, knownAs } from './class-card.js'

const checkText = 'Check the pictures'

/**
 * @param {import('./lesson.js').Lesson} lesson
 * @param {import('../../session.js').Session} session
 */
export function gathering(lesson, session, { fail, tell, teach }) {
  const cards = make('div', { class: 'cards classes' })
  const shown = new Map() // cards by class
  let touched
  const more = button(
    'Add another thing',
    () => {
      const added = lesson.addClass()
      update()
      shown.get(added).focus()
    },
    { sign: 'add', kind: 'another' },
  )
  const same = make('input', { type: 'checkbox' })
  const sameText = make('span')
  const sameLabel = make('label', { class: 'check' }, same, sameText)
  const name = make('input', { maxlength: '60', autocomplete: 'off', placeholder: 'Such as: kitchen' })
  const status = make('p', { class: 'faint', role: 'status' })
  const check = button(checkText, advise)
  const go = button('Teach', start, { kind: 'main large' })
  const advice = make('div', { class: 'advice-place' })
  const element = make(
    'div',
    { class: 'stage' },
    make('h2', {}, 'Teach it something new'),
    make(
      'p',
      { class: 'faint' },
      'Name each thing, and give pictures of it: from several sides, places and days, if you can.',
    ),
    cards,
    more,
    advice,
    make(
      'div',
      { class: 'card go' },
      make(
        'details',
        {},
        make('summary', {}, 'Name this lesson'),
        make('label', { class: 'field' }, 'A name that marks its answers', name),
      ),
      sameLabel,
      make('div', { class: 'row' }, go, check),
      status,
    ),
  )

  function ready() {
    return lesson.classes.filter((one) => one.name !== '' && lesson.usable(one).length > 0)
  }

  function update() {
    for (const [of, card] of shown) {
      if (lesson.classes.includes(of)) continue
      card.close()
      card.element.remove()
      shown.delete(of)
    }
    for (const of of lesson.classes) {
      if (!shown.has(of)) {
        shown.set(
          of,
          classCard(lesson, of, session, () => (touched = of)),
        )
        cards.append(shown.get(of).element)
      }
      shown.get(of).update()
    }
    const names = lesson.classes.filter((one) => knownAs(one.name, session.labels)?.increment === 'base')
    sameLabel.hidden = names.length === 0
    const known = listed(names.map((one) => `“${one.name}”`))
    sameText.textContent = `It knows ${known} already. Mine ${names.length === 1 ? 'is the same thing' : 'are the same things'}: make one of both.`
    const unnamed = lesson.classes.some((one) => one.name === '' && one.pictures.length > 0)
    const pictures = ready().reduce((sum, one) => sum + lesson.usable(one).length, 0)
    go.disabled = pictures === 0 || unnamed || busy || checking !== undefined
    check.disabled = go.disabled && checking === undefined
    check.textContent = checking === undefined ? checkText : 'Stop the check'
    status.textContent =
      lesson.pending > 0 && pictures > 0
        ? `Sending ${counted(lesson.pending, 'picture')} …`
        : checking === undefined
          ? stateOf(pictures, unnamed)
          : 'You can teach when the check is done, or stopped.'
  }

  let busy = false
  async function start() {
    busy = true
    update()
    const options = {
      ...(same.checked && !sameLabel.hidden && { overlap: 'merge' }),
      ...(name.value.trim() && { name: name.value.trim() }),
    }
    await teach(options, stopped)
    stopped = false
    busy = false
    update()
  }

  let checking // stops the check that is going on
  let stopped = false // whether that was done
  async function advise() {
    if (checking !== undefined) return checking.abort()
    stopped = false
    const own = (checking = new AbortController())
    update()
    tell('')
    const waiting = 'Looking through the pictures … This can take longer than teaching them.'
    advice.replaceChildren(make('p', { class: 'notice waiting', role: 'status' }, waiting))
    try {
      await lesson.settled()
      const found = await (await lesson.calls()).advice(own.signal)
      const close = () => advice.replaceChildren()
      advice.replaceChildren(adviceCard(lesson, found, session.increments.length === 0, close))
    } catch (error) {
      stopped = own.signal.aborted
      if (stopped) return advice.replaceChildren()
      if (error.status === 401) fail(error)
      advice.replaceChildren(make('p', { class: 'notice bad', role: 'alert' }, messageOf(error)))
    } finally {
      checking = undefined
      update()
    }
  }

  lesson.addEventListener('change', update)
  update()
  const pause = () => shown.forEach(({ close }) => close())
  return {
    element,
    pause,
    leave() {
      pause()
      checking?.abort()
      lesson.removeEventListener('change', update)
    },
    /** Files that were dropped on a card or pasted go to it, others to the one that was touched last. */
    take(files, target) {
      const under = lesson.classes.find((one) => shown.get(one)?.element.contains(target))
      const to = under ?? (lesson.classes.includes(touched) ? touched : lesson.classes.at(-1))
      if (to !== undefined) shown.get(to).take(files)
    },
  }
}

function stateOf(pictures, unnamed) {
  if (unnamed) return 'Every thing needs a name first.'
  return pictures === 0 ? 'Give at least one thing a name, and some pictures of it.' : ''
}
