import type { CallOptions } from '../core/progress.js'
import { formFor } from '../precision/form-for.js'
import { cacheDirOf } from '../catalog/cache-folder.js'
import { chooseProvider, type DeviceChoice } from '../runtime/providers.js'
import type { Provider, Session } from '../runtime/session.js'
import { openInstances } from '../runtime/instances.js'
import { bottleneckShape, hasFurther, type Backbone } from './backbone.js'
import type { BottleneckShape } from './entry.js'
import type { BottleneckSource, Extractor } from './extract.js'
import { bottleneckFolder, openStore, type BottleneckStore } from './store.js'

/** Options of where a backbone runs. */
export interface DeviceOptions extends CallOptions {
  /** @default 'auto' */
  readonly device?: DeviceChoice
}

export interface ExtractorOptions extends DeviceOptions {
  /** @default `~/.cache/nplusk` */
  readonly cacheDir?: string
}

/** The stored bottlenecks of one backbone in the form for a device: an extractor without a session. Must be closed. */
export interface BottleneckCache extends BottleneckSource, AsyncDisposable {
  readonly shape: BottleneckShape
  readonly hasFurther: boolean
  readonly store: BottleneckStore
  /** The graph in the form for the device. */
  readonly graph: Uint8Array
  readonly provider: Provider
}

/**
 * Opens the store of bottlenecks, and determines the form of the backbone for the device.
 *
 * @throws NpluskError `IO` for the store; `DEVICE_UNAVAILABLE`
 */
export async function openBottleneckCache(backbone: Backbone, options: ExtractorOptions): Promise<BottleneckCache> {
  const store = await openStore(bottleneckFolder(cacheDirOf(options)))
  try {
    const { preprocess } = backbone
    const form = await formOn(backbone, options)
    const about = { preprocess, shape: bottleneckShape(backbone), hasFurther: hasFurther(backbone) }
    return { ...form, ...about, store, [Symbol.asyncDispose]: () => store.close() }
  } catch (error) {
    await store.close()
    throw error
  }
}

/**
 * Opens everything needed to extract features: provider, form, session and store. Must be closed.
 *
 * @throws NpluskError as `openBottleneckCache`; `BAD_MODEL` when the runtime refuses the graph
 */
export async function openExtractor(
  backbone: Backbone,
  options: ExtractorOptions,
): Promise<Extractor & AsyncDisposable> {
  const { graph, provider, ...cache } = await openBottleneckCache(backbone, options)
  try {
    const session = await openInstances(graph, provider)
    const close = () => session.close().finally(() => cache.store.close())
    return { ...cache, session, [Symbol.asyncDispose]: close }
  } catch (error) {
    await cache.store.close()
    throw error
  }
}

/** Opens a backbone in the form for the device; throws as `openExtractor`. */
export async function openBackboneSession(backbone: Backbone, options: DeviceOptions): Promise<Session> {
  const { graph, provider } = await formOn(backbone, options)
  return openInstances(graph, provider)
}

async function formOn(
  { graph, graphHash }: Backbone,
  { device = 'auto', onProgress }: DeviceOptions,
): Promise<Pick<BottleneckCache, 'graph' | 'graphKey' | 'provider'>> {
  const provider = await chooseProvider(device, onProgress)
  const { model, suffix } = await formFor(provider, graph)
  return { graph: model, graphKey: graphHash + suffix, provider }
}
