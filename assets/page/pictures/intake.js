// Where pictures come in: a place to drop, buttons to choose and to photograph.
import { button, make } from '../dom.js'
import { hasCamera, openCamera } from './camera.js'

/**
 * @param {(files: File[]) => void} take
 * @param {{holds?: boolean, title: string, hint: string, compact?: boolean}} options
 * @returns {{panel: HTMLElement, close: () => void}} `close` lets go of the camera
 */
export function intake(take, { holds, title, hint, compact = false }) {
  const chooser = fileInput({ accept: 'image/*', multiple: true }, take)
  // Where no camera may be asked for, a phone's own camera still gives single pictures.
  const photographer = fileInput({ accept: 'image/*', capture: 'environment' }, take)
  let camera
  const closeCamera = () => camera?.close()
  const toggle = button('Use the camera', () => (hasCamera() ? open() : photographer.click()), { sign: 'camera' })
  const place = make('div', { class: 'camera-place' })
  const panel = make(
    'div',
    { class: compact ? 'intake compact' : 'intake' },
    make('p', { class: 'title' }, title),
    make(
      'div',
      { class: 'row' },
      button('Choose pictures', () => chooser.click(), { sign: 'picture', kind: compact ? '' : 'main' }),
      toggle,
      chooser,
      photographer,
    ),
    hint && make('p', { class: 'faint hint' }, hint),
    place,
  )
  if (!hasCamera() && !matchMedia('(hover: none)').matches) {
    toggle.disabled = true
    toggle.title = 'Browsers allow the camera on this computer or over https only.'
  }

  function open() {
    const onShot = (file) => take([file])
    camera = openCamera(onShot, {
      holds,
      onClose() {
        camera = undefined
        toggle.hidden = false
        toggle.focus()
      },
    })
    toggle.hidden = true
    place.append(camera.panel)
  }
  return { panel, close: closeCamera }
}

/** A hidden input for files, which a button presses. */
export function fileInput(attributes, take) {
  const input = make('input', { type: 'file', hidden: true, ...attributes })
  input.addEventListener('change', () => {
    const files = [...input.files]
    input.value = '' // so that the same file can be chosen again
    if (files.length > 0) take(files)
  })
  return input
}
