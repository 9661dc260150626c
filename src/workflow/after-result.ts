import { messageOf, NpluskError, remedyOf } from '../core/errors.js'
import type { WatchedCall } from '../core/collect-warnings.js'

/**
 * Does what follows once a result is there. As the result stays, a failure is a warning `REPORT_FAILED` and does not
 * keep the result from the caller.
 *
 * @param what the beginning of a sentence, such as `The figures are made, but the report`
 * @returns whether it was done
 * @throws what `write` throws where the call is interrupted
 */
export async function afterResult(
  what: string,
  write: () => Promise<void>,
  { signal, warn }: WatchedCall,
): Promise<boolean> {
  try {
    await write()
    return true
  } catch (error) {
    // Whatever fails once the signal has fired fails because of it.
    if (signal?.aborted || (error instanceof NpluskError && error.code === 'ABORTED')) throw error
    warn('REPORT_FAILED', `${what} failed: ${messageOf(error)}`, remedyOf(error))
    return false
  }
}
