import type { Redis } from 'ioredis'
import { messageOf, NpluskError } from '../core/errors.js'
import { checkAddress, shownAddress } from './address.js'

/** BullMQ, an optional dependency that queues need. */
export type QueueLibrary = typeof import('bullmq')

export interface QueueConnection {
  readonly redis: Redis
  readonly library: QueueLibrary
  close(): void
}

/** Longest wait before a reconnection attempt, in milliseconds. */
const longestWait = 5_000

/**
 * Connects to a Redis server. A connection lost later is re-established, however long it takes.
 *
 * @param onLost told the reason each time an established connection fails
 * @throws NpluskError `USAGE` for a malformed address, `QUEUE` where the server cannot be reached or packages are
 * missing
 */
export async function connectQueue(address: string, onLost?: (reason: string) => void): Promise<QueueConnection> {
  const url = checkAddress(address)
  const { library, Redis: Client } = await loadPackages()
  let connected = false
  let failure: unknown
  const redis = new Client(url, {
    lazyConnect: true,
    // Required by BullMQ: commands wait until the connection is back.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (connected ? Math.min(2 ** times * 100, longestWait) : null),
  })
  redis.on('error', (error: Error) => {
    failure = error
    if (connected) onLost?.(`The connection to ${shownAddress(address)} is lost (${reasonOf(error)}); trying again.`)
  })
  try {
    await redis.connect()
    await redis.ping()
    connected = true
  } catch (error) {
    // Disconnecting a connection that has already ended would wait two seconds.
    if (redis.status !== 'end') redis.disconnect()
    throw new NpluskError(
      'QUEUE',
      `Cannot use the Redis server at ${shownAddress(address)} (${reasonOf(failure ?? error)}); check the address, and that the server runs.`,
      { cause: failure ?? error },
    )
  }
  return { redis, library, close: () => redis.disconnect() }
}

async function loadPackages(): Promise<{ library: QueueLibrary; Redis: typeof Redis }> {
  try {
    const [library, { Redis: Client }] = await Promise.all([import('bullmq'), import('ioredis')])
    return { library, Redis: Client }
  } catch (cause) {
    throw new NpluskError(
      'QUEUE',
      'Queues need two packages that are not installed; install them with "npm install bullmq ioredis".',
      { cause },
    )
  }
}

/** When every address of a host name fails, the error is an AggregateError without a message of its own. */
function reasonOf(error: unknown): string {
  const { errors } = error as Partial<AggregateError>
  return (errors?.[0] === undefined ? messageOf(error) : messageOf(errors[0])).replace(/\.$/, '')
}
