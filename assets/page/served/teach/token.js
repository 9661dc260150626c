// The token that allows teaching: it stays in this tab, and is gone with it.
import { button, make } from '../../dom.js'
import { messageOf } from '../../words.js'

const key = 'token'

/** Takes a token out of an address that ends with `#token=…`, as the program prints it, and shows the view for it. */
export function takeToken() {
  const [, given] = /^#token=(.+)$/.exec(location.hash) ?? []
  if (given === undefined) return
  keepToken(decodeURIComponent(given))
  history.replaceState(null, '', '#teach')
}

export function keepToken(token) {
  sessionStorage.setItem(key, token)
}

export function keptToken() {
  return sessionStorage.getItem(key) ?? undefined
}

export function forgetToken() {
  sessionStorage.removeItem(key)
}

/**
 * A form that asks for the token.
 *
 * @param {(token: string) => Promise<void>} enter throws where the token is wrong
 */
export function tokenForm(enter, message = '') {
  const input = make('input', { type: 'password', autocomplete: 'off', required: true, spellcheck: 'false' })
  const trouble = make('p', { class: 'notice bad', role: 'alert', hidden: message === '' }, message)
  const submit = button('Unlock', undefined, { kind: 'main', type: 'submit' })
  return make(
    'form',
    { class: 'card unlock', onsubmit },
    make('h2', {}, 'Teach it something new'),
    make(
      'p',
      {},
      'Show it pictures of things that it does not know yet. It keeps all that it knows, and tells them apart from then on.',
    ),
    make(
      'p',
      { class: 'faint' },
      'That changes its answers for everybody who uses it. So it asks for the token that the program printed when it was started, once for this tab.',
    ),
    make('div', { class: 'row' }, make('label', { class: 'field grow' }, 'Token', input), submit),
    trouble,
  )

  async function onsubmit(event) {
    event.preventDefault()
    submit.disabled = true
    trouble.hidden = true
    try {
      await enter(input.value.trim())
    } catch (error) {
      trouble.textContent = error.status === 401 ? 'This is not the token.' : messageOf(error)
      trouble.hidden = false
      input.focus()
    } finally {
      submit.disabled = false
    }
  }
}
