// A camera, as a panel with a shutter.
import { button, make, say, signButton } from '../dom.js'

/** Pictures a second while the shutter is held. */
const perSecond = 4

const refusals = {
  NotAllowedError: 'The browser may not use the camera. Allow it in the address bar, and try again.',
  NotFoundError: 'No camera was found.',
  NotReadableError: 'The camera is in use by another program.',
}

/** Whether this page may ask for a camera: browsers allow it on this machine and over https alone. */
export function hasCamera() {
  return navigator.mediaDevices?.getUserMedia !== undefined
}

/**
 * A panel that shows the camera. `close()` lets go of it, and of the panel.
 *
 * @param {(picture: File) => void} onShot
 * @param {{holds?: boolean, onClose?: () => void}} options `holds`: the shutter can be held for many pictures
 */
export function openCamera(onShot, { holds = false, onClose } = {}) {
  const video = make('video', { playsinline: true, muted: true, autoplay: true, 'aria-label': 'What the camera sees' })
  video.muted = true
  const message = make('p', { class: 'notice', role: 'status' }, 'Opening the camera …')
  const shutter = make('button', { type: 'button', class: 'shutter', disabled: true, 'aria-label': 'Take a picture' })
  const turn = signButton('Other camera', 'turn', startNext, { hidden: true })
  const panel = make(
    'div',
    { class: 'camera' },
    video,
    message,
    holds && make('p', { class: 'faint' }, 'Hold the round button to take many.'),
    make('div', { class: 'row between' }, turn, shutter, button('Close', close, { sign: 'close' })),
  )
  let stream
  let cameras = []
  let camera // the id of the one that was asked for last
  let starts = 0
  let number = 0

  async function start(which) {
    const own = ++starts
    stop()
    try {
      const found = await navigator.mediaDevices.getUserMedia({
        video: { ...which, width: { ideal: 1280 }, height: { ideal: 960 } },
        audio: false,
      })
      if (own !== starts) return found.getTracks().forEach((track) => track.stop())
      stream = found
      video.srcObject = stream
      const { deviceId, facingMode } = stream.getVideoTracks()[0].getSettings()
      camera = deviceId
      video.classList.toggle('mirrored', facingMode !== 'environment')
      await video.play()
      message.hidden = true
      shutter.disabled = false
      cameras = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput')
      turn.hidden = cameras.length < 2
    } catch (error) {
      if (own !== starts) return
      shutter.disabled = true
      message.hidden = false
      message.textContent = refusals[error.name] ?? `The camera cannot be used (${error.message}).`
    }
  }

  function startNext() {
    const at = cameras.findIndex(({ deviceId }) => deviceId === camera)
    camera = cameras[(at + 1) % cameras.length].deviceId
    void start({ deviceId: { exact: camera } })
  }

  async function shoot() {
    if (shutter.disabled || video.videoWidth === 0) return
    const canvas = make('canvas')
    canvas.width = video.videoWidth
    canvas.height = video.videoHeight
    canvas.getContext('2d').drawImage(video, 0, 0)
    video.animate([{ opacity: 0.4 }, { opacity: 1 }], { duration: 150 })
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92))
    number++
    onShot(new File([blob], `camera ${number}.jpg`, { type: 'image/jpeg' }))
    say(`${number} taken`)
  }

  function stop() {
    stream?.getTracks().forEach((track) => track.stop())
    stream = undefined
  }

  function close() {
    starts++ // what is still being opened is let go of
    stop()
    panel.remove()
    onClose?.()
  }

  if (holds) holdable(shutter, shoot)
  else shutter.addEventListener('click', shoot)
  void start({ facingMode: matchMedia('(hover: none)').matches ? 'environment' : 'user' })
  return { panel, close, focus: () => shutter.focus() }
}

/** Calls `shoot` once when a button is pressed, and again and again while it is held, by pointer or by key. */
function holdable(shutter, shoot) {
  let timer
  const begin = () => {
    if (timer !== undefined) return
    void shoot()
    timer = setInterval(shoot, 1000 / perSecond)
  }
  const end = () => {
    clearInterval(timer)
    timer = undefined
  }
  const isPress = ({ key }) => key === ' ' || key === 'Enter'
  shutter.addEventListener('pointerdown', (event) => {
    // The button may move on the page as pictures come in, and the finger stays where it is.
    shutter.setPointerCapture(event.pointerId)
    begin()
  })
  for (const name of ['pointerup', 'pointercancel', 'blur']) shutter.addEventListener(name, end)
  shutter.addEventListener('contextmenu', (event) => event.preventDefault())
  shutter.addEventListener('keydown', (event) => {
    if (!isPress(event)) return
    event.preventDefault()
    begin()
  })
  shutter.addEventListener('keyup', (event) => {
    if (!isPress(event)) return
    event.preventDefault()
    end()
  })
  // Screen readers press a button without pointer or key.
  shutter.addEventListener('click', (event) => {
    if (event.detail === 0) void shoot()
  })
}
