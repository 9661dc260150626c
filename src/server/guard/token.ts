import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Settings } from '../options.js'
import { Problem } from '../problems.js'

/** A hook that refuses requests without the token: `Authorization: Bearer TOKEN`. */
export function requireToken({ token }: Pick<Settings, 'token'>) {
  const wanted = digest(token)
  return (request: FastifyRequest): Promise<void> => {
    const [, given] = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? []
    // Digests have one length, so that the time tells nothing of the token, not even how long it is.
    if (given !== undefined && timingSafeEqual(digest(given), wanted)) return Promise.resolve()
    const detail = given === undefined ? 'The request has no token.' : 'The token is wrong.'
    return Promise.reject(new Problem('unauthorized', detail))
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
