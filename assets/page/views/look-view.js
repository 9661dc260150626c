// Pictures one by one, the newest first.
import { button, make, say, signButton } from '../dom.js'
import { looksLikePicture } from '../pictures/dropped.js'
import { intake } from '../pictures/intake.js'
import { photo } from '../pictures/photo.js'
import { messageOf, notAPicture, percent } from '../words.js'
import { answerList } from './answers.js'
import { known } from './known.js'

/** @param {import('../session.js').Session} session */
export function lookView(session, section) {
  const touch = matchMedia('(hover: none)').matches
  const { panel, close } = intake(take, {
    title: 'Drop pictures here',
    hint: touch ? '' : 'You can also paste a picture that you have copied.',
  })
  const asking = new Set() // stops each picture that is shown
  const clear = button('Clear all', () => {
    for (const stop of asking) stop.abort()
    asking.clear()
    cards.replaceChildren()
    tell()
  })
  const bar = make('div', { class: 'row between', hidden: true }, make('h2', {}, 'Answers'), clear)
  const cards = make('div', { class: 'cards', id: 'answers' })
  const loading = make(
    'p',
    { class: 'notice', role: 'status' },
    'Loading the classifier. The first picture waits for it.',
  )
  section.append(panel, loading, bar, cards, known(session))
  session.classifier.ready.then(
    () => loading.remove(),
    (error) => {
      loading.className = 'notice bad'
      loading.textContent = messageOf(error)
    },
  )

  function tell() {
    bar.hidden = cards.childElementCount === 0
  }

  function take(files) {
    for (const file of files) cards.prepend(card(file))
    tell()
    bar.scrollIntoView({ block: 'nearest', behavior: 'smooth' })
  }

  function card(file) {
    const body = make('div', { class: 'body' })
    const stop = new AbortController()
    asking.add(stop)
    const remove = signButton(`Remove ${file.name}`, 'close', () => {
      stop.abort()
      asking.delete(stop)
      whole.remove()
      tell()
    })
    const whole = make(
      'article',
      { class: 'card answer', 'aria-label': file.name },
      photo(file, file.name),
      make('div', { class: 'body-side' }, make('h3', { class: 'file', title: file.name }, file.name), body),
      remove,
    )
    void answer()
    return whole

    async function answer() {
      body.replaceChildren(make('p', { class: 'faint waiting' }, 'Looking …'))
      whole.setAttribute('aria-busy', 'true')
      try {
        if (!looksLikePicture(file)) return fail(notAPicture)
        const answer = await session.classify(file, stop.signal)
        body.replaceChildren(answerList(answer, session.increments))
        const { label, probability } = answer.predictions[0]
        say(`${file.name}: ${answer.rejected ? 'probably nothing that it knows' : `${label}, ${percent(probability)}`}`)
      } catch (error) {
        if (!stop.signal.aborted) fail(messageOf(error), error.kind === 'unreadable' ? undefined : answer)
      } finally {
        whole.removeAttribute('aria-busy')
      }
    }

    function fail(message, again) {
      body.replaceChildren(make('p', { class: 'notice bad' }, message), again ? button('Try again', again) : '')
      say(`${file.name}: ${message}`)
    }
  }

  return { take, leave: close, takesFolders: false }
}
