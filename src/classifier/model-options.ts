import type { CallOptions } from '../core/progress.js'
import type { InputOptions } from '../backbone/hints.js'
import type { HubAccess } from '../fetch/fetch-options.js'
import type { Proxies } from '../fetch/proxied-fetch.js'

/** Where to run: `auto` takes CUDA where it can be loaded, else the CPU. */
export type Device = 'auto' | 'cpu' | 'cuda'

/** Options of every call that opens a model. */
export interface ModelOptions extends CallOptions {
  /**
   * A bundle's folder, an ONNX file or its address, `hf:owner/name` on the Hugging Face hub, or the name of a known
   * model.
   */
  readonly model: string
  /** What is known better of an ONNX file than can be found out. */
  readonly input?: InputOptions
  /** @default 'auto' */
  readonly device?: Device
  /** Where known models and bottlenecks are kept. @default `~/.cache/nplusk` */
  readonly cacheDir?: string
  /** How the Hugging Face hub is reached. */
  readonly hub?: HubAccess
  /** What downloads go through. @default none */
  readonly proxies?: Proxies
}
