import { NpluskError } from '../../core/errors.js'
import type { Revision } from './chain.js'
import type { KeptRevision } from './kept.js'

/**
 * The kept revision of a number.
 *
 * @param revisions as of `revisionsOf`
 * @param wanted its number. @default the one before the last change
 * @throws NpluskError `NOT_FOUND` when it is not kept, `BAD_BUNDLE` when that is damaged; the message lists the others
 */
export function chooseRevision(
  folder: string,
  [current, ...earlier]: readonly [Revision, ...Revision[]],
  wanted = current.revision - 1,
): KeptRevision {
  const found = earlier.find(({ revision }) => revision === wanted)
  if (found?.kept) return found.kept
  const kept = earlier.filter((one) => one.kept !== undefined).map(({ revision }) => revision)
  const data = { wanted, kept, current: current.revision }
  const which =
    kept.length === 0 ? 'it keeps no earlier revision' : `the earlier ones that it keeps are ${kept.join(', ')}`
  if (found?.isDamaged) {
    const problem = `What ${folder} keeps of revision ${wanted} is damaged`
    throw new NpluskError('BAD_BUNDLE', `${problem}; restore it from a copy, or choose another: ${which}.`, { data })
  }
  if (wanted === current.revision)
    throw new NpluskError('NOT_FOUND', `Revision ${wanted} is the one that ${folder} is at; ${which}.`, { data })
  if (wanted < 1 && current.revision === 1)
    throw new NpluskError('NOT_FOUND', `Nothing was changed in ${folder} yet; ${which}.`, { data })
  throw new NpluskError('NOT_FOUND', `${folder} does not keep a revision ${wanted}; ${which}.`, { data })
}
