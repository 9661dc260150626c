import { readFile } from 'node:fs/promises'
import { arch, platform } from 'node:os'
import type { Remedy } from '../core/remedies.js'
import { diagnoseProviders } from '../runtime/diagnose-providers.js'
import { runtimeVersion } from '../runtime/session.js'
import { cacheInfo, type CacheOptions } from './cache.js'

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
  const [providers, { folder, bytes }, nplusk] = await Promise.all([
    diagnoseProviders(),
    cacheInfo(options),
    packageVersion(),
  ])
  return {
    versions: { nplusk, 'onnxruntime-node': runtimeVersion, platform: `${platform()} ${arch()}` },
    providers,
    cache: { folder, bytes },
  }
}

async function packageVersion(): Promise<string> {
  // Compiled code runs from dist/src/workflow.
  const manifest = await readFile(new URL('../../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
