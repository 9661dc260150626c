import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Settings } from '../options.js'
import { Problem } from '../problems.js'
import { WrongTokens } from './wrong-tokens.js'

/** A hook that refuses requests without the token: `Authorization: Bearer TOKEN`. */
export function requireToken({ token }: Pick<Settings, 'token'>) {
  const wanted = digest(token)
  const wrong = new WrongTokens()
  return async (request: FastifyRequest): Promise<void> => {
    const [, given] = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? []
    if (given === undefined) throw new Problem('unauthorized', 'The request has no token.')
    // Digests have one length, so that the time tells nothing of the token, not even how long it is. The right one is
    // taken whatever came before: behind a proxy, all clients have one address.
    if (timingSafeEqual(digest(given), wanted)) return
    wrong.check(request.ip)
    wrong.note(request.ip)
    throw new Problem('unauthorized', 'The token is wrong.')
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
