import { messageOf } from '../words.js'
import { pathOf } from '../pictures/dropped.js'

/**
 * Classifies many pictures, some at a time, until all are done or it is stopped. Answers come in any order.
 *
 * @param {import('../session.js').Session} session
 * @param {File[]} files
 * @param {(row: Row) => void} onRow
 * @param {AbortSignal} signal
 *
 * @typedef {{place: number, file: File, path: string, answer?: import('../session.js').Answer, error?: string}} Row
 *   `place` in the list, from 0
 */
export async function classifyAll(session, files, onRow, signal) {
  const { atOnce } = session.classifier
  const { model } = session // whatever is chosen meanwhile
  let next = 0
  const failure = new AbortController()
  const stopped = AbortSignal.any([signal, failure.signal])
  const work = async () => {
    while (next < files.length && !stopped.aborted) {
      const place = next++
      const file = files[place]
      const path = pathOf(file)
      try {
        onRow({ place, file, path, answer: await session.classify(file, stopped, model) })
      } catch (error) {
        if (stopped.aborted) return
        // With nobody there, thousands of pictures would all fail alike.
        if (error.kind === 'offline') return failure.abort(error)
        onRow({ place, file, path, error: messageOf(error) })
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  if (failure.signal.aborted) throw failure.signal.reason
}

/** The rows as lines of a table for a spreadsheet, with a title. */
export function linesOf(rows) {
  const answers = Math.max(1, ...rows.map(({ answer }) => answer?.predictions.length ?? 0))
  const titles = ['file', 'remark']
  for (let i = 1; i <= answers; i++) titles.push(`answer ${i}`, `probability ${i}`, `taught with ${i}`)
  return [titles, ...rows.map((row) => lineOf(row))]
}

function lineOf({ path, answer, error }) {
  const answers = answer?.predictions ?? []
  return [
    path,
    error ?? remarkOf(answer),
    ...answers.flatMap(({ label, probability, increment }) => [
      label,
      Number(probability.toFixed(6)),
      increment === 'base' ? '' : increment,
    ]),
  ]
}

/** `unknown`, `unsure`, or nothing. */
export function remarkOf({ predictions: [best], rejected }) {
  return rejected ? 'unknown' : best.unsure ? 'unsure' : ''
}
