// Requests to the page's own server, and what its problem documents say.
import { Failure, offline } from '../words.js'

/**
 * @param {string} path relative to the page
 * @returns {Promise<Response>} of a request that went well
 * @throws {Failure} with the problem's type as `kind`; `retryAfter` in seconds where the server names a time
 */
export async function ask(path, options = {}) {
  let response
  try {
    response = await fetch(path, options)
  } catch (error) {
    if (options.signal?.aborted) throw error
    throw new Failure(offline, 'offline', error)
  }
  if (response.ok) return response
  const problem = await response.json().catch(() => ({}))
  const message = problem.detail ?? problem.title ?? `The service answered with ${response.status}.`
  const failure = new Failure(message, String(problem.type ?? response.status).replace(/^.*[/:#]/, ''))
  failure.status = response.status
  if ([429, 503].includes(response.status)) failure.retryAfter = secondsOf(response.headers.get('retry-after'))
  throw failure
}

/** Seconds, or a date (RFC 9110, 10.2.3); a second where nothing is said. */
function secondsOf(header) {
  const seconds = Number(header ?? 1)
  const until = Number.isNaN(seconds) ? (Date.parse(header) - Date.now()) / 1000 : seconds
  return Number.isNaN(until) ? 1 : Math.max(0.1, until)
}
