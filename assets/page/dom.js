// Elements, made in code: text goes in as text, so that no file's or class's name becomes markup.

const outline = 'http://www.w3.org/2000/svg'

/**
 * Makes an element.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} properties attributes; `onclick` and the like are listeners; `true` is an attribute
 * without a value, `false` and `undefined` are none
 * @param {(Node | string | false | null | undefined)[]} children
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...children.filter((child) => child !== undefined && child !== null && child !== false))
  return element
}

/** A button with a picture before its text. */
export function button(text, onclick, { kind = '', sign, ...properties } = {}) {
  return make('button', { type: 'button', class: kind, onclick, ...properties }, sign && icon(sign), text)
}

/** A round button that shows a sign alone; its name is read aloud. */
export function signButton(name, sign, onclick, properties = {}) {
  return make(
    'button',
    { type: 'button', class: 'sign', 'aria-label': name, title: name, onclick, ...properties },
    icon(sign),
  )
}

const paths = {
  add: 'M12 5v14M5 12h14',
  camera: 'M4 8h3.5l1.5-2.5h6L16.5 8H20v11H4zM12 16.5a3.3 3.3 0 1 0 0-6.6 3.3 3.3 0 0 0 0 6.6z',
  close: 'M6 6l12 12M18 6L6 18',
  download: 'M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14',
  folder: 'M3.5 18.5v-12h6l2 2.5h9v9.5z',
  picture: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01',
  turn: 'M4 12a8 8 0 0 1 13.7-5.7L20 8.5M20 4v4.5h-4.5M20 12a8 8 0 0 1-13.7 5.7L4 15.5M4 20v-4.5h4.5',
  undo: 'M8 5L4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-3',
  warn: 'M12 4l9 16H3zM12 10v4.5M12 17.3v.01',
}

/** A drawing that says nothing to those who cannot see it. */
export function icon(name) {
  const svg = document.createElementNS(outline, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(outline, 'path')
  path.setAttribute('d', paths[name])
  svg.append(path)
  return svg
}

/** Says something to those who listen to the page. */
export function say(text) {
  document.querySelector('#said').textContent = text
}

/** Hands a file to the visitor. */
export function download(blob, name) {
  const href = URL.createObjectURL(blob)
  make('a', { href, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(href), 60_000)
}

/** Asks before something that is hard to take back; true where the visitor agrees. */
export function confirmed(question, agree) {
  const { promise, resolve } = withResolvers()
  const dialog = make(
    'dialog',
    { 'aria-label': question, onclose: () => (dialog.remove(), resolve(dialog.returnValue === 'yes')) },
    make('p', {}, question),
    make(
      'div',
      { class: 'row end' },
      button('Cancel', () => dialog.close('no')),
      button(agree, () => dialog.close('yes'), { kind: 'main' }),
    ),
  )
  document.body.append(dialog)
  dialog.showModal()
  return promise
}

function withResolvers() {
  let resolve
  const promise = new Promise((done) => (resolve = done))
  return { promise, resolve }
}
