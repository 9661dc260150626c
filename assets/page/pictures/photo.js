import { icon, make } from '../dom.js'

/**
 * A small picture of a file; a sign where the browser cannot show it, as many cannot show HEIC.
 *
 * @param {Blob | Promise<Blob>} blob
 */
export function photo(blob, alt, properties = {}) {
  const image = make('img', { alt, decoding: 'async' })
  const frame = make('span', { class: 'photo', ...properties }, image)
  const giveUp = () => {
    frame.replaceChildren(icon('picture'))
    if (alt === '') return // it says what the text beside it says
    frame.setAttribute('role', 'img')
    frame.setAttribute('aria-label', alt)
  }
  Promise.resolve(blob).then((content) => {
    const address = URL.createObjectURL(content)
    const done = () => URL.revokeObjectURL(address)
    image.addEventListener('load', done)
    image.addEventListener('error', () => {
      done()
      giveUp()
    })
    image.src = address
  }, giveUp)
  return frame
}
