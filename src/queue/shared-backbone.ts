import { createHash, randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { NpluskError } from '../core/errors.js'
import { keepSeconds } from './jobs.js'

/** A backbone lies in Redis as a list of pieces, since a value there ends at 512 MB. */
const pieceSize = 2 ** 25

/** Puts a backbone's graph into Redis, unless it is there, or else prolongs its stay. */
export async function shareBackbone(
  redis: Redis,
  { graph, graphHash }: { graph: Uint8Array; graphHash: string },
): Promise<void> {
  // prettier-ignore
  if (await prolongBackbone(redis, graphHash)) return
  // Readers find the whole list or none.
  const upload = `${placeOf(graphHash)}:${randomUUID()}`
  for (let from = 0; from < graph.length; from += pieceSize) {
    await redis.rpush(upload, Buffer.from(graph.subarray(from, from + pieceSize)))
    await redis.expire(upload, keepSeconds)
  }
  await redis.rename(upload, placeOf(graphHash))
}

/** @returns whether it is there */
export async function prolongBackbone(redis: Redis, graphHash: string): Promise<boolean> {
  return (await redis.expire(placeOf(graphHash), keepSeconds)) === 1
}

/**
 * Takes a backbone's graph out of Redis.
 *
 * @throws NpluskError `QUEUE` when it is not there, or is another one than its hash says
 */
export async function fetchBackbone(redis: Redis, graphHash: string): Promise<Uint8Array> {
  const pieces = await redis.lrangeBuffer(placeOf(graphHash), 0, -1)
  const graph = Buffer.concat(pieces)
  if (pieces.length > 0 && createHash('sha256').update(graph).digest('hex') === graphHash) return graph
  const found = pieces.length === 0 ? 'is not in Redis any more' : 'in Redis has another hash than the job says'
  throw new NpluskError('QUEUE', `The backbone ${graphHash.slice(0, 12)} ${found}; run "extend features" again.`)
}

function placeOf(graphHash: string): string {
  return `nplusk:backbone:${graphHash}`
}
