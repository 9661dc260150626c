import { messageOf, NpluskError, remedyOf } from '../core/errors.js'
import type { WatchedCall } from '../core/collect-warnings.js'

/**
 * Does what follows once a bundle is written. As the bundle stays, a failure is a warning `REPORT_FAILED` and does not
 * keep the result from the caller.
 *
 * @param what is written now, such as `the report`
 * @returns whether it was done
 * @throws NpluskError `ABORTED`
 */
export async function afterBundle(
  bundle: string,
  what: string,
  write: () => Promise<void>,
  { signal, warn }: WatchedCall,
): Promise<boolean> {
  try {
    await write()
    return true
  } catch (error) {
    const written = `The bundle ${bundle} is written, but ${what}`
    // Whatever fails once the signal has fired fails because of it.
    if (signal?.aborted || (error instanceof NpluskError && error.code === 'ABORTED'))
      throw new NpluskError('ABORTED', `${written} was interrupted.`, { cause: error })
    warn('REPORT_FAILED', `${written} failed: ${messageOf(error)}`, remedyOf(error))
    return false
  }
}
