import { openStore } from '../features/store.js'
import { countRows, readPart } from '../bundle/part-file.js'
import type { CallOptions } from '../core/progress.js'
import { bottleneckFolder } from '../features/store.js'
import { cacheDirOf } from '../catalog/cache-folder.js'

export interface MergeOptions extends CallOptions {
  /** Files that `extractFeatures` wrote. */
  readonly parts: readonly string[]
  readonly cacheDir?: string
}

export interface MergeResult {
  readonly parts: number
  readonly views: number
  /** Views that were not in the cache before. */
  readonly added: number
}

/**
 * Imports parts written by `extractFeatures`, on this machine or others, into the cache. Parts of another model do no
 * harm, and importing a part twice has no further effect.
 *
 * @throws NpluskError `NOT_FOUND`; `BAD_INPUT` naming a file that is not a part or is damaged (no part is imported if a
 * header is wrong); `IO`, `ABORTED`
 */
export async function mergeFeatures({ parts, signal, onProgress, ...options }: MergeOptions): Promise<MergeResult> {
  let total = 0
  for (const part of parts) total += await countRows(part)
  const store = await openStore(bottleneckFolder(cacheDirOf(options)))
  try {
    let done = 0
    let added = 0
    const onRows = (rows: number) => {
      done += rows
      onProgress?.({ type: 'progress', stage: 'read-parts', done, total, unit: 'views' })
    }
    onRows(0)
    for (const part of parts) added += (await readPart(part, store, { signal, onRows })).added
    return { parts: parts.length, views: total, added }
  } finally {
    await store.close()
  }
}
