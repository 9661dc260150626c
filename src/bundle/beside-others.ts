import { NpluskError } from '../core/errors.js'
import { changedMeanwhile, readBundle } from './bundle.js'
import { revisionIdOf } from './history/revision-file.js'

/**
 * Runs work on a bundle, beside other processes that may change it: what fails because a file is gone that the bundle
 * as it is now does not need, fails with the true reason.
 *
 * @param folder the bundle, or anything else, which nobody changes
 * @throws NpluskError `CONFLICT` where another process changed the bundle; else what the work throws
 */
export async function besideOthers<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const before = await idOf(folder)
  try {
    return await work()
  } catch (error) {
    if (before === undefined || !isOfMissingFile(error)) throw error
    const now = await idOf(folder)
    throw now === undefined || now === before ? error : changedMeanwhile(folder)
  }
}

function isOfMissingFile(error: unknown): boolean {
  if (!(error instanceof NpluskError)) return (error as NodeJS.ErrnoException).code === 'ENOENT'
  return error.code === 'BAD_BUNDLE' || (error.code === 'IO' && error.data['errno'] === 'ENOENT')
}

async function idOf(folder: string): Promise<string | undefined> {
  return readBundle(folder).then(
    ({ manifest }) => revisionIdOf(manifest).id,
    () => undefined,
  )
}
