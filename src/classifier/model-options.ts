import type { CallOptions } from '../core/progress.js'
import type { InputOptions } from '../backbone/hints.js'
import type { HubAccess } from '../fetch/fetch-options.js'
import type { Proxies } from '../fetch/proxied-fetch.js'

/** Where to run: `auto` uses CUDA if it can be loaded, else the CPU. */
export type Device = 'auto' | 'cpu' | 'cuda'

/** Options of every call that opens a model. */
export interface ModelOptions extends CallOptions {
  /**
   * A bundle's folder, an ONNX file or its URL, `hf:owner/name` on the Hugging Face hub, or the name of a known model.
   */
  readonly model: string
  /** Facts about an ONNX file's input that override what is found automatically. */
  readonly input?: InputOptions
  /** @default 'auto' */
  readonly device?: Device
  /** Folder in which known models and bottlenecks are kept. @default `~/.cache/nplusk` */
  readonly cacheDir?: string
  /** Access to the Hugging Face hub. */
  readonly hub?: HubAccess
  /** Proxies for downloads. @default none */
  readonly proxies?: Proxies
}
