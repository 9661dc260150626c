import type { FastifyRequest } from 'fastify'
import { Problem } from '../problems.js'

/** Refuses compressed bodies, except below `/v2`, whose protocol has them: pictures are compressed as they are. */
export function checkEncoding({ headers, url }: FastifyRequest): void {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding === 'identity' || url.startsWith('/v2/')) return
  throw new Problem('unsupported-media-type', 'This address takes no compressed bodies; leave Content-Encoding out.')
}
