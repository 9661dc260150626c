import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { BranchPicture } from '../branch/pictures.js'
import { writeFileAtomic } from '../core/atomic-write.js'
import { throwIfAborted } from '../core/errors.js'
import { prefetch } from '../core/prefetch.js'
import type { CallOptions } from '../core/progress.js'
import { reducedPicture } from '../image/reduced.js'
import type { Preprocess } from '../image/types.js'
import { branchFolder } from './branch-cache.js'

/** Pictures that are decoded at once. */
const atOnce = 4
/** Pixels of a copy for one of the network's input: views are crops of at least .8 of a side. */
const finer = 2

/**
 * Keeps smaller copies, in the cache, of the pictures that take long to decode: training decodes each of them dozens of
 * times. Where no copy can be made or kept, the picture itself is decoded.
 *
 * @throws NpluskError `ABORTED`
 */
export async function withCopies(
  pictures: readonly BranchPicture[],
  { width, height }: Pick<Preprocess, 'width' | 'height'>,
  cacheDir: string,
  { signal, onProgress }: CallOptions,
): Promise<BranchPicture[]> {
  const shorter = finer * Math.max(width, height)
  const copied: BranchPicture[] = []
  const copyOf = (picture: BranchPicture) => {
    const file = join(branchFolder(cacheDir), `${picture.hash}-${shorter}.jpg`)
    return keptCopy(file, picture, shorter, signal)
  }
  for await (const settled of prefetch(pictures, atOnce, copyOf)) {
    throwIfAborted(signal)
    const picture = pictures[copied.length]!
    const copy = 'value' in settled ? settled.value : undefined
    copied.push(copy === undefined ? picture : { ...picture, copy })
    onProgress?.({ type: 'progress', stage: 'reduce', done: copied.length, total: pictures.length, unit: 'images' })
  }
  return copied
}

/** @returns the copy's file, which counts as used now; `undefined` where none is needed */
async function keptCopy(
  file: string,
  { file: source, hash }: BranchPicture,
  shorter: number,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const now = new Date()
  const isKept = await utimes(file, now, now).then(
    () => true,
    () => false,
  )
  if (isKept) return file
  const bytes = await reducedPicture(source, shorter, { hash, signal })
  if (bytes === undefined) return undefined
  await writeFileAtomic(file, bytes)
  return file
}
