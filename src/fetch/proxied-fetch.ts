import type { Dispatcher } from 'undici'
import { messageOf, NpluskError } from '../core/errors.js'

/** Proxy servers, each written as in the environment variable of the same meaning. */
export interface Proxies {
  /** `HTTPS_PROXY` */
  readonly https?: string | undefined
  /** `HTTP_PROXY` */
  readonly http?: string | undefined
  /** `NO_PROXY`: hosts that are reached directly, with their subdomains; `*` for all. */
  readonly none?: string | undefined
}

const fetchOf = new Map<string, typeof fetch>()

/**
 * A `fetch` that goes through the proxies; where none are given, Node's own, which in Node 20 supports none.
 *
 * @throws NpluskError `USAGE` for a proxy without a usable address
 */
export async function fetchThrough(proxies: Proxies = {}): Promise<typeof fetch> {
  if (!proxies.http && !proxies.https) return fetch
  const key = JSON.stringify([proxies.http, proxies.https, proxies.none])
  const through = fetchOf.get(key) ?? (await createProxiedFetch(proxies))
  fetchOf.set(key, through)
  return through
}

async function createProxiedFetch(proxies: Proxies): Promise<typeof fetch> {
  const addresses = {
    'http:': addressOf(proxies.http, 'http'),
    'https:': addressOf(proxies.https, 'https'),
  }
  // Not its `EnvHttpProxyAgent`, which prints to standard error that it is experimental. And not Node's `fetch` with an
  // agent of this package, whose version would have to match Node's own.
  const { Agent, Pool, ProxyAgent, fetch: fetchWith } = await import('undici')
  // When a proxy closes the connection instead of answering, undici retries without end or pause, unless it gets
  // another error.
  const clientFactory = (origin: URL, options: object): Dispatcher => {
    const pool = new Pool(origin, options)
    const tunnel = pool.connect.bind(pool) as (request: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData>
    const connect = async (request: Dispatcher.ConnectOptions) => {
      const response = await tunnel(request).catch((cause: unknown) => {
        throw new Error(`the proxy ${origin.host} opens no tunnel: ${messageOf(cause)}`, { cause })
      })
      if (response.statusCode === 200) return response
      response.socket.destroy()
      throw new Error(`the proxy ${origin.host} opens no tunnel: it answers ${response.statusCode}`)
    }
    return Object.assign(pool, { connect })
  }
  const dispatcher: Dispatcher = new Agent({
    factory(origin, options) {
      const { protocol, hostname, port } = new URL(origin)
      const host = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`
      const uri = isReachedDirectly(host, proxies.none) ? undefined : addresses[protocol as keyof typeof addresses]
      // Plain HTTP goes to the proxy as a request: many proxies refuse tunnels to port 80.
      return uri === undefined ? new Pool(origin, options) : new ProxyAgent({ uri, proxyTunnel: false, clientFactory })
    },
  })
  return ((input: string, init: object) => fetchWith(input, { ...init, dispatcher })) as unknown as typeof fetch
}

/**
 * Proxies as npm's client takes them, which else reads the environment, and only in its own way of writing: it knows
 * neither `*` nor ports, so a registry that these name is named itself, if it is not npm's own.
 *
 * @param registry its address @default npm's own, by HTTPS
 * @throws NpluskError `USAGE` for a proxy without a usable address
 */
export function proxiesForNpm(
  { http, https, none = '' }: Proxies = {},
  registry = 'https:',
): { readonly proxy?: string; readonly noProxy?: readonly string[] } {
  const isPlain = registry.startsWith('http:')
  const proxy = isPlain ? addressOf(http, 'http') : addressOf(https, 'https')
  if (proxy === undefined) return {}
  const named = entriesOf(none).map((entry) => entry.replace(/^\*\./, ''))
  if (!URL.canParse(registry)) return { proxy, noProxy: named }
  const { hostname, port } = new URL(registry)
  const isDirect = isReachedDirectly(`${hostname}:${port || (isPlain ? 80 : 443)}`, none)
  return { proxy, noProxy: isDirect ? [...named, hostname] : named }
}

/**
 * Whether `NO_PROXY` names a host.
 *
 * @param host with its port
 * @param none the value of `NO_PROXY`
 */
export function isReachedDirectly(host: string, none = ''): boolean {
  const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(host.toLowerCase()) ?? []
  return entriesOf(none).some((entry) => {
    if (entry === '*') return true
    const [, wanted = '', itsPort] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/.exec(entry) ?? []
    return (itsPort === undefined || itsPort === port) && (name === wanted || name.endsWith(`.${wanted}`))
  })
}

function entriesOf(none: string): string[] {
  return none
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
}

function addressOf(text: string | undefined, proxy: 'http' | 'https'): string | undefined {
  if (!text) return undefined
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url && /^https?:$/.test(url.protocol) && url.hostname !== '') return address
  throw new NpluskError('USAGE', `The ${proxy.toUpperCase()} proxy has no usable address.`, {
    remedy: { kind: 'correct-proxy', proxy },
  })
}
