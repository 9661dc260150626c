import type { HeldOutPictures } from '../branch/judge.js'
import type { BranchPicture } from '../branch/pictures.js'
import { NpluskError, throwIfAborted } from '../core/errors.js'
import { hashFile } from '../core/hash-file.js'
import type { CallOptions } from '../core/progress.js'
import { firstRows, joinTables } from '../features/table.js'
import { pickTrainingRows } from '../head/training-rows.js'
import { heldOutRows } from './held-out-images.js'
import type { RebuildPlan } from '../training/rebuild.js'
import type { Refit } from '../training/refit.js'

/** A picture that stands for an image, and whether a branch is trained without it. */
export interface ListedPicture extends BranchPicture {
  /** The number of the image, over new and old ones. */
  readonly image: number
  readonly isHeldOut: boolean
}

/**
 * Lists the pictures of all images that heads were trained with, one of each.
 *
 * @throws NpluskError `ABORTED`
 */
export async function listPictures(
  { files = [], rehearsal }: RebuildPlan,
  { trainedOn: { added, rehearsal: old } }: Refit,
  seed: number,
  { signal, onProgress }: CallOptions,
): Promise<ListedPicture[]> {
  const all = joinTables([added, old!])
  const target = all.label.map((label, row) => (row < added.count ? label : -1))
  const isHeldOut = heldOutRows({ target, image: all.image }, seed)
  const pictures: ListedPicture[] = []
  const rows = firstRows(all)
  for (const row of rows) {
    throwIfAborted(signal)
    const label = target[row]!
    const file = (label < 0 ? rehearsal!.files! : files)[all.file[row]!]!
    pictures.push({
      image: all.image[row]!,
      file,
      hash: await hashFile(file).catch(unlessGone),
      label,
      oldLogSumExp: all.oldLogSumExp[row]!,
      isHeldOut: isHeldOut[row]!,
    })
    onProgress?.({ type: 'progress', stage: 'hash', done: pictures.length, total: rows.length, unit: 'images' })
  }
  return pictures
}

/** A picture that is gone is another one than before. */
function unlessGone(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  return 'gone'
}

/** The pictures to train with. */
export function trainingPictures(pictures: readonly ListedPicture[]): Record<'added' | 'old', BranchPicture[]> {
  const seen = pictures.filter(({ isHeldOut }) => !isHeldOut)
  return { added: seen.filter(({ label }) => label >= 0), old: seen.filter(({ label }) => label < 0) }
}

/**
 * The pictures to look at while training: those held out that the head on frozen features was judged by.
 *
 * @param answers of that head
 */
export function picturesToJudge(
  pictures: readonly ListedPicture[],
  { answers: { rows } }: Pick<Refit, 'answers'>,
): HeldOutPictures {
  const fileOf = new Map(pictures.filter(({ isHeldOut }) => isHeldOut).map(({ image, file }) => [image, file]))
  const places = Array.from(rows.image.keys()).filter((row) => fileOf.has(rows.image[row]!))
  return { rows: pickTrainingRows(rows, places), files: places.map((row) => fileOf.get(rows.image[row]!)!) }
}

/** Pictures by content and class, for what depends on nothing else of them. */
export function contentsOfPictures(pictures: readonly ListedPicture[]): string[] {
  return pictures.map(({ hash, label, isHeldOut }) => `${label}:${hash}${isHeldOut ? ':held out' : ''}`)
}

/**
 * Refuses pictures that are not those that were listed before: answers to images held out would be worth nothing.
 *
 * @throws NpluskError `BAD_INPUT`
 */
export function refuseOthers(before: readonly ListedPicture[], now: readonly ListedPicture[]): void {
  const [first, second] = [before, now].map((pictures) => contentsOfPictures(pictures).join())
  if (first === second) return
  const message =
    'Pictures were changed, added or taken away while the branch was trained; nothing was written, run the command again.'
  throw new NpluskError('BAD_INPUT', message)
}
