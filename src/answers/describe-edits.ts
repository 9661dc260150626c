import { count } from '../core/numbers.js'
import type { OnProgress } from '../core/progress.js'
import { lineEnds } from './line-ends.js'
import type { TakenUp } from './take-up.js'

/**
 * Says what of a file of answers is cut off before a run goes on with it, and what was changed in it: a last line that
 * is torn comes from a kill and is told as a remark, everything else is a warning.
 *
 * @param length bytes of the file before it is cut
 * @throws NpluskError `IO`
 */
export async function describeEdits(
  path: string,
  { answered, withReturn, end }: Pick<TakenUp, 'answered' | 'withReturn' | 'end'>,
  length: number,
  onProgress: OnProgress,
): Promise<void> {
  const warn = (message: string) => onProgress({ type: 'warning', code: 'ANSWERS_EDITED', message })
  if (withReturn > 0) {
    warn(`An editor has put a carriage return at the end of ${count(withReturn, 'line')} of ${path}; it is left there.`)
  }
  if (end === length) return
  const lines = await lineEnds(path, end, length)
  if (lines === 0) {
    onProgress({ type: 'info', message: `The last line of ${path} was torn, and its picture is answered again.` })
    return
  }
  const [what, are] = lines === 1 ? ['it was', 'is'] : [`it and ${lines - 1} behind it were`, 'are']
  warn(
    `Line ${answered + 1} of ${path} is no answer to a picture, as after a power failure or an edit: ${what} cut off, and ${are} answered again.`,
  )
}
