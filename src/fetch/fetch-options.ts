import type { CallOptions } from '../core/progress.js'
import type { Proxies } from './proxied-fetch.js'

/** How the Hugging Face hub is reached. */
export interface HubAccess {
  /** For private and gated models; sent to the hub alone. */
  readonly token?: string | undefined
  /** Address of the hub or of a mirror. @default https://huggingface.co */
  readonly url?: string | undefined
}

/** Where downloads are kept and how they are reached. */
export interface FetchOptions extends CallOptions {
  /** Made where it is missing. */
  readonly cacheDir: string
  readonly hub?: HubAccess | undefined
  readonly proxies?: Proxies | undefined
  /** Reads what is in the cache and compares its hash, whatever its size and time say. @default false */
  readonly thorough?: boolean
}
