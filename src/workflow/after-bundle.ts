import { NpluskError } from '../core/errors.js'
import type { WatchedCall } from '../core/collect-warnings.js'
import { afterResult } from './after-result.js'

/**
 * Does what follows once a bundle is written, as `afterResult`.
 *
 * @param what is written now, such as `the report`
 * @returns whether it was done
 * @throws NpluskError `ABORTED`, which says that there is a bundle
 */
export async function afterBundle(
  bundle: string,
  what: string,
  write: () => Promise<void>,
  call: WatchedCall,
): Promise<boolean> {
  const written = `The bundle ${bundle} is written, but ${what}`
  try {
    return await afterResult(written, write, call)
  } catch (error) {
    throw new NpluskError('ABORTED', `${written} was interrupted.`, { cause: error })
  }
}
