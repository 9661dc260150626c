import { button, download, make } from '../../dom.js'

/** @param {import('../../session.js').Session} session */
export function downloads(service, session, fail) {
  const status = make('p', { class: 'faint', role: 'status' })
  const buttons = [
    button('As a web page', () => fetchIt('web'), { sign: 'download' }),
    button('As a model for programs (ONNX)', () => fetchIt('onnx'), { sign: 'download' }),
  ]
  return make(
    'details',
    { class: 'card' },
    make('summary', {}, 'Take it with you'),
    make(
      'p',
      { class: 'faint' },
      'All that it knows, old and new, in a file. The web page answers in the browser, on any server, without this program.',
    ),
    make('div', { class: 'row' }, ...buttons),
    status,
  )

  async function fetchIt(format) {
    for (const one of buttons) one.disabled = true
    status.textContent = 'Putting it together …'
    try {
      const response = await service.exported(session.model.name, format)
      const [, name] = /filename="?([^";]+)/.exec(response.headers.get('content-disposition') ?? '') ?? []
      download(await response.blob(), name ?? (format === 'onnx' ? 'classifier.onnx' : 'page.tar'))
      status.textContent = 'It is among your downloads.'
    } catch (error) {
      status.textContent = ''
      fail(error)
    } finally {
      for (const one of buttons) one.disabled = false
    }
  }
}
