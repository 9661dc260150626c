import { messageOf, NpluskError } from '../core/errors.js'
import type { OnProgress } from '../core/progress.js'

/**
 * Fetches a file of the cache anew that is not what was put there; what is there stays until something better has come.
 *
 * @param name what `pullModel` calls the model
 * @throws NpluskError `DOWNLOAD` that says both what is wrong and how to mend it; `IO`, `ABORTED`
 */
export async function repair<Result>(
  file: string,
  name: string,
  fetchAgain: () => Promise<Result>,
  onProgress?: OnProgress,
): Promise<Result> {
  onProgress?.({ type: 'info', message: `${file} is damaged; fetching it again.` })
  try {
    return await fetchAgain()
  } catch (error) {
    if (error instanceof NpluskError && error.code !== 'DOWNLOAD' && error.code !== 'NOT_FOUND') throw error
    const reason = messageOf(error).replace(/\.$/, '')
    throw new NpluskError('DOWNLOAD', `${file} is damaged and could not be fetched again (${reason}).`, {
      cause: error,
      data: { file, name },
      remedy: { kind: 'pull-model', model: name },
    })
  }
}
