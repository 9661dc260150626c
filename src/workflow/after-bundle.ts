import { NpluskError } from '../core/errors.js'

/**
 * Does what follows once a bundle is written; an error then says so, as the bundle stays.
 *
 * @param what is written now, such as `the report`
 */
export async function afterBundle(bundle: string, what: string, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!(error instanceof NpluskError)) throw error
    const { code, message, data, remedy } = error
    const end = code === 'ABORTED' ? `${what} was interrupted.` : `${what} failed: ${message}`
    throw new NpluskError(code, `The bundle ${bundle} is written, but ${end}`, { cause: error, data, remedy })
  }
}
