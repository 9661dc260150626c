import { readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { BranchPicture, PictureCopy } from '../branch/pictures.js'
import { writeFileAtomic } from '../core/atomic-write.js'
import { throwIfAborted } from '../core/errors.js'
import { hashFile } from '../core/hash-file.js'
import { hashOf } from '../core/hash-of.js'
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
 * A copy's name holds the hash of the picture, its size and its own hash. One that has been damaged is made anew.
 *
 * @throws NpluskError `ABORTED`
 */
export async function withCopies(
  pictures: readonly BranchPicture[],
  { width, height }: Pick<Preprocess, 'width' | 'height'>,
  cacheDir: string,
  { signal, onProgress }: CallOptions,
): Promise<BranchPicture[]> {
  const folder = branchFolder(cacheDir)
  const shorter = finer * Math.max(width, height)
  const kept: string[] = await readdir(folder).catch(() => [])
  const keptAs = new Map(kept.map((name) => [name.slice(0, name.lastIndexOf('-')), name]))
  const copyOf = async ({ file, hash }: BranchPicture): Promise<PictureCopy | undefined> => {
    const prefix = `${hash}-${shorter}`
    const name = keptAs.get(prefix)
    const found = name === undefined ? undefined : await intactCopy(join(folder, name))
    if (found !== undefined) return found
    const bytes = await reducedPicture(file, shorter, { hash, signal })
    if (bytes === undefined) return undefined
    const copy = { hash: hashOf(bytes), file: join(folder, `${prefix}-${hashOf(bytes)}.jpg`) }
    await writeFileAtomic(copy.file, bytes)
    return copy
  }
  const copied: BranchPicture[] = []
  for await (const settled of prefetch(pictures, atOnce, copyOf)) {
    throwIfAborted(signal)
    const picture = pictures[copied.length]!
    const copy = 'value' in settled ? settled.value : undefined
    copied.push(copy === undefined ? picture : { ...picture, copy })
    onProgress?.({ type: 'progress', stage: 'reduce', done: copied.length, total: pictures.length, unit: 'images' })
  }
  return copied
}

/** @returns a copy that has the hash in its name, and counts as used now; `undefined` for any other file */
async function intactCopy(file: string): Promise<PictureCopy | undefined> {
  const [, hash] = /-([0-9a-f]{64})\.jpg$/.exec(file) ?? []
  const now = new Date()
  try {
    if (hash === undefined || (await hashFile(file)) !== hash) return undefined
    await utimes(file, now, now)
    return { file, hash }
  } catch {
    return undefined
  }
}
