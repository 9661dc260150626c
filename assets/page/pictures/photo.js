import { icon, make } from '../dom.js'

/**
 * A small picture of a file; a sign where the browser cannot show it, as many cannot show HEIC.
 *
 * @param {Blob} blob
 */
export function photo(blob, alt, properties = {}) {
  const frame = make('span', { class: 'photo', ...properties })
  const address = URL.createObjectURL(blob)
  const image = make('img', { alt, decoding: 'async' })
  const done = () => URL.revokeObjectURL(address)
  image.addEventListener('load', done)
  image.addEventListener('error', () => {
    done()
    frame.replaceChildren(icon('picture'))
    frame.setAttribute('role', 'img')
    frame.setAttribute('aria-label', alt)
  })
  image.src = address
  frame.append(image)
  return frame
}
