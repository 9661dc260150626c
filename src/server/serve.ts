import type { AddressInfo } from 'node:net'
import { NpluskError } from '../core/errors.js'
import { urlsOf } from './addresses.js'
import { Connections } from './guard/connections.js'
import { settingsOf, type ServeOptions } from './options.js'

/** A service that listens; `close` it when done. */
export interface RunningServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:8080`; opens on this machine. */
  readonly url: string
  /** Further ones, where the service listens at all addresses of the machine. */
  readonly otherUrls: readonly string[]
  /** What teaching requests must show; `undefined` where teaching is not allowed. */
  readonly token: string | undefined
  /** Takes no more requests, finishes those in hand within `limits.shutdownMs`, then closes the models. */
  close(): Promise<void>
}

/**
 * Puts models behind HTTP: a page at `/`, predictions, the Open Inference Protocol and, where that is allowed,
 * teaching; `/openapi.json` describes them. A bundle that changes is answered with from then on, without a dropped
 * request.
 *
 * `signal` stops the start alone; `close` ends the service. `onProgress` hears of bundles that are taken over, or
 * cannot be, and of requests that failed by no fault of theirs.
 *
 * @throws NpluskError `USAGE` for an option out of range, `CONFLICT` where the port is taken, and what opening the
 * models throws
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const settings = settingsOf(options)
  const { createMetrics } = await import('./metrics/metrics.js')
  const { observeModels } = await import('./metrics/observe-models.js')
  const { openModels } = await import('./models/open-models.js')
  const { buildApp } = await import('./app.js')
  const metrics = createMetrics()
  const stopping = new AbortController()
  const models = observeModels(await openModels(settings, metrics), metrics, stopping.signal)
  const app = await buildApp({ models, options: settings, metrics, stopping: stopping.signal }).catch(
    async (error: unknown) => {
      await models[Symbol.asyncDispose]()
      throw error
    },
  )
  const connections = new Connections(app.server, settings.limits.connections)
  let closed: Promise<void> | undefined
  const close = () => (closed ??= end())
  try {
    await app.listen({ host: settings.host, port: settings.port })
  } catch (error) {
    await close()
    throw listenError(error, settings)
  }
  const [url, ...otherUrls] = urlsOf(app.server.address() as AddressInfo)
  return {
    url,
    otherUrls,
    token: settings.allowAdd ? settings.token : undefined,
    close,
    [Symbol.asyncDispose]: close,
  }

  async function end(): Promise<void> {
    stopping.abort()
    try {
      const closed = app.close()
      await connections.end(settings.limits.shutdownMs)
      await closed
    } finally {
      await models[Symbol.asyncDispose]()
    }
  }
}

function listenError(error: unknown, { host, port }: { readonly host: string; readonly port: number }): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    return new NpluskError('CONFLICT', `Port ${port} of ${host} is taken; choose another one.`, { cause: error })
  if (code === 'EACCES')
    return new NpluskError('IO', `Port ${port} may not be opened by this user; choose one above 1023.`, {
      cause: error,
    })
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new NpluskError('BAD_INPUT', `${host} is no address of this machine; choose another host.`, { cause: error })
  return error
}
