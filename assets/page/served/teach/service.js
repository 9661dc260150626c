import { ask } from '../ask.js'
import { eventsOf } from './events.js'

/** How often teaching is asked for while a check ends, and how long after one another, in milliseconds. */
const tries = 20
const pause = 500

/** The service's calls for teaching; each throws `Failure`, with the status 401 where the token is wrong. */
export function teachingService(token) {
  const call = (path, { headers, ...options } = {}) =>
    ask(`teach/${path}`, { ...options, headers: { ...headers, authorization: `Bearer ${token}` } })
  const answer = async (path, options) => (await call(path, options)).json()
  const send = (path, method, body = {}, signal) =>
    call(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal })
  const post = async (path, body, signal) => (await send(path, 'POST', body, signal)).json()
  const query = (fields) => new URLSearchParams(fields)
  return {
    history: (model) => answer(`history?${query({ model })}`),
    rollback: (model, revision) => post('rollback', { model, revision }),
    exported: (model, format) => call(`export?${query({ model, format })}`),
    begin: (model) => post('lessons', { model }),
    /** One lesson's calls. */
    lesson(id) {
      const path = `lessons/${encodeURIComponent(id)}`
      const picture = (image) => `${path}/images/${encodeURIComponent(image)}`
      return {
        state: () => answer(path),
        async add(file, label) {
          const type = file.type.startsWith('image/') ? file.type : 'application/octet-stream'
          const options = { method: 'POST', headers: { 'content-type': type }, body: file }
          const { images } = await answer(`${path}/images?${query({ label, file: file.name })}`, options)
          return images[0].image
        },
        relabel: (image, label) => send(picture(image), 'PATCH', { label }),
        remove: (image) => call(picture(image), { method: 'DELETE' }),
        thumbnail: async (image) => (await call(picture(image))).blob(),
        advice: async (signal) => (await post(`${path}/advice`, {}, signal)).advice,
        /** @param afterCheck whether a check was stopped, which the service ends with the picture that it is at */
        async teach(options, afterCheck) {
          for (let left = afterCheck ? tries : 1; ; left--) {
            try {
              return await post(`${path}/teach`, options)
            } catch (error) {
              if (error.status !== 409 || left === 1) throw error
              await new Promise((resolve) => setTimeout(resolve, pause))
            }
          }
        },
        stop: () => post(`${path}/stop`),
        events: (signal) => eventsOf((headers) => call(`${path}/events`, { headers, signal }), signal),
        result: () => answer(`${path}/result`),
        undo: () => post(`${path}/undo`),
        end: () => call(path, { method: 'DELETE' }),
      }
    },
  }
}
