// What can be recognised: one's own classes, and a search among all of them.
import { make } from '../dom.js'
import { counted } from '../words.js'
import { mark } from './answers.js'

/** Names shown at once. */
const most = 100

/** @param {import('../session.js').Session} session */
export function known(session) {
  const own = make('div', { class: 'own-classes' })
  const found = make('ul', { class: 'names' })
  const count = make('p', { class: 'faint', role: 'status' })
  const search = make('input', { type: 'search', oninput: list, autocomplete: 'off' })
  const all = make(
    'details',
    { class: 'card', ontoggle: list },
    make('summary', {}, 'What does it know?'),
    make('label', { class: 'field' }, 'Search', search),
    count,
    found,
  )

  function update() {
    const { increments, labels } = session
    own.replaceChildren(
      ...increments.map((increment) =>
        make(
          'p',
          {},
          mark(increment, increments),
          ' ',
          labels
            .filter((one) => one.increment === increment)
            .map(({ label }) => label)
            .join(', '),
        ),
      ),
    )
    own.hidden = increments.length === 0
    list()
  }

  function list() {
    if (!all.open) return
    const { increments, labels } = session
    const wanted = search.value.trim().toLowerCase()
    const matching = labels.filter(({ label }) => label.toLowerCase().includes(wanted))
    const shown = matching.slice(0, most)
    found.replaceChildren(...shown.map(({ label, increment }) => make('li', {}, label, mark(increment, increments))))
    const rest = matching.length - shown.length
    count.textContent =
      rest > 0 ? `${counted(matching.length, 'name')}; the first ${most}:` : counted(matching.length, 'name')
  }

  session.addEventListener('change', update)
  update()
  return make('div', { class: 'known' }, own, all)
}
