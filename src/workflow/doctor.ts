import { arch, platform } from 'node:os'
import type { Remedy } from '../core/remedies.js'
import { diagnoseProviders } from '../runtime/diagnose-providers.js'
import { cacheInfo, type CacheOptions } from './cache.js'
import { versions } from './versions.js'

/** The state of this machine. */
export interface Diagnosis {
  readonly versions: Readonly<Record<string, string>>
  readonly providers: readonly {
    readonly name: 'cpu' | 'cuda'
    readonly available: boolean
    readonly reason?: string
    readonly remedy?: Remedy
  }[]
  readonly cache: { readonly folder: string; readonly bytes: number }
}

/** Reports versions, execution providers with the reason why any is missing, and the cache. */
export async function diagnose(options: CacheOptions = {}): Promise<Diagnosis> {
  const [providers, { folder, bytes }, own] = await Promise.all([diagnoseProviders(), cacheInfo(options), versions()])
  return {
    versions: { ...own, platform: `${platform()} ${arch()}` },
    providers,
    cache: { folder, bytes },
  }
}
