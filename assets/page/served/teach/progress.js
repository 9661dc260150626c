import { button, make } from '../../dom.js'
import { counted, messageOf } from '../../words.js'

/** What the service does, by the stage that it reports. */
const stages = {
  load: 'Getting ready',
  download: 'Fetching what it needs',
  convert: 'Getting ready',
  hash: 'Getting ready',
  extract: 'Looking at the pictures',
  compare: 'Comparing the pictures',
  rehearse: 'Recalling what it knew before',
  'choose-layers': 'Learning',
  train: 'Learning',
  retrain: 'Learning',
  forecast: 'Estimating',
  merge: 'Putting old and new together',
  verify: 'Making sure that nothing old was changed',
}

/** @param {() => Promise<void>} onStop */
export function teachingProgress(onStop) {
  const title = make('h2', {}, 'Teaching')
  const status = make('p', { role: 'status' }, 'Getting ready …')
  const bar = make('progress', { 'aria-label': 'Progress of this step' })
  const stop = button('Stop', stopIt, { sign: 'close' })
  const element = make(
    'div',
    { class: 'card working' },
    title,
    status,
    bar,
    make('p', { class: 'faint' }, 'It goes on answering meanwhile. Nothing changes before it is done.'),
    make('div', { class: 'row' }, stop),
  )
  async function stopIt() {
    stop.disabled = true
    status.textContent = 'Stopping …'
    try {
      await onStop()
    } catch (error) {
      stop.disabled = false
      status.textContent = messageOf(error)
    }
  }

  return {
    element,
    on(event, { stage, done, total, unit }) {
      if (event !== 'progress' || stop.disabled) return
      const counts =
        unit === 'images' && total > 1 ? `: ${done.toLocaleString('en')} of ${counted(total, 'picture')}` : ' …'
      status.textContent = `${stages[stage] ?? 'Working'}${counts}`
      if (total > 1) {
        bar.max = total
        bar.value = done
      } else bar.removeAttribute('value')
    },
  }
}
