import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { NpluskError } from '../core/errors.js'
import { hashOf } from '../core/hash-of.js'
import { keepSeconds } from './jobs.js'

/** A backbone lies in Redis as a list of pieces, since a value there ends at 512 MB. */
const pieceSize = 2 ** 25

/**
 * Puts a backbone's graph into Redis, unless it is there.
 *
 * @returns its SHA-256
 */
export async function shareBackbone(redis: Redis, graph: Uint8Array): Promise<string> {
  const hash = hashOf(graph)
  if (await prolongBackbone(redis, hash)) return hash
  // Readers find the whole list or none.
  const upload = `${placeOf(hash)}:${randomUUID()}`
  for (let from = 0; from < graph.length; from += pieceSize) {
    await redis.rpush(upload, Buffer.from(graph.subarray(from, from + pieceSize)))
    await redis.expire(upload, keepSeconds)
  }
  await redis.rename(upload, placeOf(hash))
  return hash
}

/** @returns whether it is there; it then stays for another day */
export async function prolongBackbone(redis: Redis, hash: string): Promise<boolean> {
  return (await redis.expire(placeOf(hash), keepSeconds)) === 1
}

/**
 * Takes a backbone's graph out of Redis.
 *
 * @throws NpluskError `QUEUE` when it is not there, or is another one than its hash says
 */
export async function fetchBackbone(redis: Redis, hash: string): Promise<Uint8Array> {
  const pieces = await redis.lrangeBuffer(placeOf(hash), 0, -1)
  const graph = Buffer.concat(pieces)
  if (pieces.length > 0 && hashOf(graph) === hash) return graph
  const found = pieces.length === 0 ? 'is not in Redis any more' : 'in Redis has another hash than the job says'
  throw new NpluskError('QUEUE', `The backbone ${hash.slice(0, 12)} ${found}; compute the features again.`)
}

function placeOf(hash: string): string {
  return `nplusk:backbone:${hash}`
}
