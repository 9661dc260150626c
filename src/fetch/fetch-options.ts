import type { CallOptions } from '../core/progress.js'
import type { Proxies } from './proxied-fetch.js'

/** How to reach the Hugging Face hub. */
export interface HubAccess {
  /** For private and gated models; sent to the hub only. */
  readonly token?: string | undefined
  /** Address of the hub or of a mirror. @default https://huggingface.co */
  readonly url?: string | undefined
}

/** Where downloads are kept and how to fetch them. */
export interface FetchOptions extends CallOptions {
  /** Created if missing. */
  readonly cacheDir: string
  readonly hub?: HubAccess | undefined
  readonly proxies?: Proxies | undefined
}
