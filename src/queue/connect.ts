import type { Redis } from 'ioredis'
import { messageOf, NpluskError } from '../core/errors.js'
import { checkAddress, shownAddress } from './address.js'

/** The optional packages that queues need, loaded. */
export type QueueLibrary = typeof import('bullmq')

export interface QueueConnection {
  readonly redis: Redis
  readonly library: QueueLibrary
  close(): void
}

/** Longest wait before the next attempt to connect again, in milliseconds. */
const longestWait = 5_000

/**
 * Connects to a Redis server. A connection that is lost later is made again for as long as it takes.
 *
 * @param onLost told why, each time that the connection fails after that
 * @throws NpluskError `USAGE` for a wrong address, `QUEUE` where the server cannot be reached or packages are missing
 */
export async function connectQueue(address: string, onLost?: (reason: string) => void): Promise<QueueConnection> {
  const url = checkAddress(address)
  const { library, Redis: Client } = await loadPackages()
  let connected = false
  let failure: unknown
  const redis = new Client(url, {
    lazyConnect: true,
    // As BullMQ asks: commands wait for the connection to come back.
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
    // A connection that has ended by itself would wait two seconds for its end.
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

/** Failures of all a name's addresses together have a message of none. */
function reasonOf(error: unknown): string {
  const { errors } = error as Partial<AggregateError>
  return (errors?.[0] === undefined ? messageOf(error) : messageOf(errors[0])).replace(/\.$/, '')
}
