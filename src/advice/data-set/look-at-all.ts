import { throwIfAborted } from '../../core/errors.js'
import { prefetch } from '../../core/prefetch.js'
import type { CallOptions } from '../../core/progress.js'
import { lookAt, type Look } from '../../image/look.js'

/** Pictures that are decoded at once. */
const atOnce = 4

/** Looks at pictures, in order; `undefined` for one that cannot be looked at. */
export async function lookAtAll(
  files: readonly string[],
  { signal, onProgress }: CallOptions,
): Promise<(Look | undefined)[]> {
  const looks: (Look | undefined)[] = []
  for await (const settled of prefetch(files, atOnce, lookAt)) {
    throwIfAborted(signal)
    looks.push('value' in settled ? settled.value : undefined)
    onProgress?.({ type: 'progress', stage: 'compare', done: looks.length, total: files.length, unit: 'images' })
  }
  return looks
}
