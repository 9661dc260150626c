/**
 * Asks again where a server has too much to do, after the time that it names.
 *
 * @param {() => Promise<any>} request
 * @param {{tries: number, signal?: AbortSignal, secondsAfter?: (error: any) => number | undefined}} options
 *   `secondsAfter`: how long to wait after an error; `undefined` where asking again is of no use
 */
export async function patiently(request, { tries, signal, secondsAfter = ({ retryAfter }) => retryAfter }) {
  for (let left = tries; ; left--) {
    try {
      return await request()
    } catch (error) {
      const seconds = secondsAfter(error)
      if (seconds === undefined || left === 1) throw error
      await pause(1000 * Math.min(seconds, 30), signal)
    }
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds)
    signal?.addEventListener('abort', () => (clearTimeout(timer), reject(signal.reason)), { once: true })
  })
}
