import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { NpluskError } from '../core/errors.js'
import { hashOf } from '../core/hash-of.js'
import { keepSeconds } from './jobs.js'

/** Bytes in a piece. A graph is stored as a list of pieces, as a Redis value holds at most 512 MB. */
const pieceSize = 2 ** 25

/**
 * Stores a graph in Redis, unless it is there.
 *
 * @returns its SHA-256
 */
export async function shareGraph(redis: Redis, graph: Uint8Array): Promise<string> {
  const hash = hashOf(graph)
  if (await prolongGraph(redis, hash)) return hash
  // Uploaded under a temporary name, so that readers see the complete list or none.
  const upload = `${redisKey(hash)}:${randomUUID()}`
  for (let from = 0; from < graph.length; from += pieceSize) {
    const piece = Buffer.from(graph.subarray(from, from + pieceSize))
    // Both or none: without an end, what a killed sender leaves would stay for ever.
    const done = await redis.multi().rpush(upload, piece).expire(upload, keepSeconds).exec()
    for (const [error] of done ?? []) if (error) throw error
  }
  await redis.rename(upload, redisKey(hash))
  return hash
}

/**
 * Keeps a graph in Redis for another day.
 *
 * @returns whether it is there
 */
export async function prolongGraph(redis: Redis, hash: string): Promise<boolean> {
  return (await redis.expire(redisKey(hash), keepSeconds)) === 1
}

/**
 * Reads a graph from Redis.
 *
 * @throws NpluskError `QUEUE` where it is not there, or does not match its hash
 */
export async function fetchGraph(redis: Redis, hash: string): Promise<Uint8Array> {
  const pieces = await redis.lrangeBuffer(redisKey(hash), 0, -1)
  const graph = Buffer.concat(pieces)
  if (pieces.length > 0 && hashOf(graph) === hash) return graph
  const found = pieces.length === 0 ? 'is not in Redis any more' : 'in Redis has another hash than the job says'
  throw new NpluskError('QUEUE', `The model ${hash.slice(0, 12)} ${found}; send the work again.`)
}

function redisKey(hash: string): string {
  return `nplusk:graph:${hash}`
}
