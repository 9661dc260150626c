import { extname } from 'node:path'
import type {} from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { hashOf } from '../../core/hash-of.js'
import { pageFiles } from '../../export/page-files.js'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Stricter than what the page's own markup says: served, it runs no WebAssembly, and nobody may frame it. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

/**
 * The page at `/`. Its files are read once, and each has a route of its own: there is no path to be led astray.
 *
 * The browser asks again at every visit, and gets nothing where nothing has changed, so a page never runs with modules
 * of another version.
 */
export async function pageRoutes(app: FastifyInstance): Promise<void> {
  for (const [path, content] of await pageFiles('served')) {
    const etag = `"${hashOf(content).slice(0, 32)}"`
    const type = types[extname(path)]!
    app.get(
      path === 'index.html' ? '/' : `/${path}`,
      { schema: { hide: true }, config: { rateLimit: false } },
      (request, reply) => {
        reply.headers({
          etag,
          'cache-control': 'no-cache',
          'content-security-policy': contentSecurityPolicy,
          'permissions-policy': 'camera=(self), microphone=(), geolocation=()',
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
        })
        const known = request.headers['if-none-match']?.split(',').map((one) => one.trim().replace(/^W\//, ''))
        if (known?.includes(etag)) return reply.code(304).send()
        return reply.type(type).send(content)
      },
    )
  }
}
