import type { CacheInfo } from '../../workflow/cache.js'
import { bytes } from '../format.js'
import { table } from '../table.js'

/** The contents of the cache. */
export function describeCache({ folder, bytes: total, models, bottlenecks, branches, cuda }: CacheInfo): string {
  const rows = [
    ['models', bytes(models)],
    ['bottlenecks', bytes(bottlenecks)],
    ...(branches > 0 ? [['fine-tuning', bytes(branches)]] : []),
    ...(cuda > 0 ? [['CUDA', bytes(cuda)]] : []),
    ['together', bytes(total)],
  ]
  return `${folder}\n${table(rows, ['left', 'right'])}`
}
