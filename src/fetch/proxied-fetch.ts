import type { Dispatcher } from 'undici'
import { messageOf, NpluskError } from '../core/errors.js'

/** Servers that stand between this machine and the network, as the environment variables of the same names say. */
export interface Proxies {
  /** `HTTPS_PROXY` */
  readonly https?: string | undefined
  /** `HTTP_PROXY` */
  readonly http?: string | undefined
  /** `NO_PROXY`: hosts that are reached without one, with their subdomains; `*` for all. */
  readonly none?: string | undefined
}

const made = new Map<string, typeof fetch>()

/**
 * `fetch` that goes through the proxies; Node's own, which knows of none in Node 20, where there are none.
 *
 * @throws NpluskError `USAGE` for a proxy that is no address
 */
export async function fetchThrough(proxies: Proxies = {}): Promise<typeof fetch> {
  if (!proxies.http && !proxies.https) return fetch
  const key = JSON.stringify([proxies.http, proxies.https, proxies.none])
  const through = made.get(key) ?? (await make(proxies))
  made.set(key, through)
  return through
}

async function make(proxies: Proxies): Promise<typeof fetch> {
  const addresses = {
    'http:': addressOf(proxies.http, 'http'),
    'https:': addressOf(proxies.https, 'https'),
  }
  // Not its `EnvHttpProxyAgent`, which calls itself experimental on the standard error stream. And not Node's `fetch`
  // with an agent of this package, whose version would have to be Node's own.
  const { Agent, Pool, ProxyAgent, fetch: fetchWith } = await import('undici')
  // A proxy that closes its connection instead of answering is asked again and again, without a pause, unless the error
  // is another one.
  const clientFactory = (origin: URL, options: object): Dispatcher => {
    const pool = new Pool(origin, options)
    const tunnel = pool.connect.bind(pool) as (asked: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData>
    const connect = async (asked: Dispatcher.ConnectOptions) => {
      const answer = await tunnel(asked).catch((cause: unknown) => {
        throw new Error(`the proxy ${origin.host} opens no tunnel: ${messageOf(cause)}`, { cause })
      })
      if (answer.statusCode === 200) return answer
      answer.socket.destroy()
      throw new Error(`the proxy ${origin.host} opens no tunnel: it answers ${answer.statusCode}`)
    }
    return Object.assign(pool, { connect })
  }
  const dispatcher: Dispatcher = new Agent({
    factory(origin, options) {
      const { protocol, host } = new URL(origin)
      const uri = reachesAlone(host, proxies.none) ? undefined : addresses[protocol as keyof typeof addresses]
      // Plain HTTP is asked of the proxy; tunnels to port 80 are what many refuse.
      return uri === undefined ? new Pool(origin, options) : new ProxyAgent({ uri, proxyTunnel: false, clientFactory })
    },
  })
  return ((input: string, init: object) => fetchWith(input, { ...init, dispatcher })) as unknown as typeof fetch
}

/** Whether `NO_PROXY` names a host. @param host with its port, where that is not the usual one */
export function reachesAlone(host: string, none = ''): boolean {
  const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(host.toLowerCase()) ?? []
  return none
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true
      const [, wanted = '', itsPort] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/.exec(entry) ?? []
      return (itsPort === undefined || itsPort === port) && (name === wanted || name.endsWith(`.${wanted}`))
    })
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
