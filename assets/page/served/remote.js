// The classifier that the page's own server holds.
import { messageOf, Failure } from '../words.js'
import { rejectRate, top } from '../session.js'
import { ask } from './ask.js'
import { patiently } from './patience.js'
import { places } from './places.js'

/** Requests at once: a browser opens six connections, and a single picture should not wait behind a whole folder. */
const atOnce = 4
/** How often a server that has too much to do is asked again. */
const tries = 10

/** @returns {import('../session.js').Classifier} */
export function remoteClassifier() {
  const enter = places(atOnce)
  return {
    privacy:
      'Pictures that you ask about go to the program that serves this page, and nowhere else. It keeps none of them.',
    atOnce,
    ready: Promise.resolve(),
    models: async () => (await (await ask('models')).json()).models,
    labels: async (model) => (await (await ask(`labels?${new URLSearchParams({ model })}`)).json()).labels,
    async classify(picture, model, signal) {
      const leave = await enter()
      try {
        return await classify(picture, model, signal)
      } finally {
        leave()
      }
    },
  }
}

async function classify(picture, { name, rejects, thresholds }, signal) {
  const query = new URLSearchParams({ model: name, top })
  if (rejects) query.set('reject', rejectRate)
  if (thresholds) query.set('thresholds', 'best-f1')
  const type = picture.type.startsWith('image/') ? picture.type : 'application/octet-stream'
  const response = await patiently(
    () => ask(`predict?${query}`, { method: 'POST', headers: { 'content-type': type }, body: picture, signal }),
    { tries, signal },
  )
  const { revision, results } = await response.json()
  const [result] = results
  if (result.error) throw new Failure(result.error.detail ?? messageOf(result.error), 'unreadable')
  return { ...result, revision }
}
