import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { Problem } from '../problems.js'
import type { Settings } from '../options.js'

/**
 * Refuses requests that are addressed to a name that is not this service's. A page of another site can make its own
 * name lead to this machine (DNS rebinding), and the browser then takes the two for one; but the name stays in `Host`.
 * An address of numbers cannot be made to lead elsewhere.
 */
export function checkHost({ host, allowedHosts }: Pick<Settings, 'host' | 'allowedHosts'>) {
  const allowed = [host, ...allowedHosts].map((name) => name.toLowerCase())
  return (request: FastifyRequest): void => {
    const name = hostName(request.headers.host)
    if (name === undefined || !isAllowed(name, allowed)) {
      throw new Problem('forbidden-origin', 'The request is addressed to a host whose name this service does not know.')
    }
  }
}

/**
 * Refuses changes that a page of another site asks for: browsers name the page's site in `Origin`, and programs send
 * none.
 */
export function checkOrigin({ method, headers: { origin, host } }: FastifyRequest): void {
  if (origin === undefined || ['GET', 'HEAD', 'OPTIONS'].includes(method)) return
  if (!isSame(origin, host ?? '')) {
    throw new Problem('forbidden-origin', 'The request comes from a page of another site.')
  }
}

/** The name in a `Host` header, without port and in lower case; `undefined` where there is none. */
function hostName(header: string | undefined): string | undefined {
  const [, bracketed, plain] = /^(?:\[([\da-f:.]+)\]|([^\s:/@[\]]+))(?::\d{1,5})?$/i.exec(header ?? '') ?? []
  return (bracketed ?? plain)?.toLowerCase().replace(/\.$/, '')
}

function isAllowed(name: string, allowed: readonly string[]): boolean {
  if (isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost')) return true
  return allowed.some((one) => one === '*' || one === name || (one.startsWith('.') && name.endsWith(one)))
}

function isSame(origin: string, host: string): boolean {
  try {
    const page = new URL(origin)
    // A URL leaves out the port that its protocol has anyway.
    return page.host !== '' && page.host === new URL(`${page.protocol}//${host}`).host
  } catch {
    return false
  }
}
