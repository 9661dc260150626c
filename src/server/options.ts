import { randomBytes } from 'node:crypto'
import { NpluskError } from '../core/errors.js'
import type { ModelOptions } from '../classifier/model-options.js'

/** A model and the name by which requests ask for it. */
export interface ModelToServe {
  /** @default the name of the model's folder or file */
  readonly name?: string
  /** As in `ModelOptions`. */
  readonly model: string
  /** Where teaching a model that is no bundle writes one, which is then served. @default it cannot be taught */
  readonly out?: string
}

/** What a service takes at most, of one client and of all. */
export interface ServeLimits {
  /** Bytes of a request's body. @default 64 MiB */
  readonly bodyBytes: number
  /** Bytes of the bodies of all requests in hand. @default 1 GiB */
  readonly bodiesBytes: number
  /** Images of one request. @default 64 */
  readonly imagesPerRequest: number
  /** Width times height of one image. @default 100,000,000 */
  readonly pixelsPerImage: number
  /** Images that wait for an answer, over all requests of one model; more are refused. @default 256 */
  readonly queueLength: number
  /** Images that go through the model together. @default as many as prediction from files takes */
  readonly batchSize?: number
  /** Longest time that an image waits for others to go with it. @default 3 */
  readonly batchWaitMs: number
  /** Longest time from a request's last byte to its answer. @default 30,000 */
  readonly deadlineMs: number
  /** Requests a second of one client, as a mean over ten seconds. @default 500 */
  readonly requestsPerSecond: number
  /** Connections open at once. @default 8192 */
  readonly connections: number
  /** Longest time for the head of a request to come in. @default 10,000 */
  readonly headersMs: number
  /** Longest time for a whole request to come in, and in which nothing of its answer is taken. @default 120,000 */
  readonly requestMs: number
  /** Longest time that requests in hand may take once the service is told to end. @default 10,000 */
  readonly shutdownMs: number
}

export const defaultLimits: ServeLimits = {
  bodyBytes: 64 * 2 ** 20,
  bodiesBytes: 2 ** 30,
  imagesPerRequest: 64,
  pixelsPerImage: 100_000_000,
  queueLength: 256,
  batchWaitMs: 3,
  deadlineMs: 30_000,
  requestsPerSecond: 500,
  connections: 8192,
  headersMs: 10_000,
  requestMs: 120_000,
  shutdownMs: 10_000,
}

/** What `serve` is asked for. */
export interface ServeOptions extends Omit<ModelOptions, 'model' | 'input'> {
  /** One or more; the first answers where a request names none. */
  readonly models: readonly ModelToServe[]
  /** Address to listen at. @default '127.0.0.1' */
  readonly host?: string
  /** 0 takes a free one. @default 8080 */
  readonly port?: number
  /**
   * Names of hosts that requests may be addressed to, beside addresses and `localhost`; `.example.org` stands for all
   * names that end so, `*` for any.
   */
  readonly allowedHosts?: readonly string[]
  /** Whether classes may be taught over HTTP, by those who have the token. @default false */
  readonly allowAdd?: boolean
  /** What teaching requests must show. @default a random one */
  readonly token?: string
  readonly limits?: Partial<ServeLimits>
}

/** `ServeOptions` with every default filled in. */
export interface Settings extends Omit<ServeOptions, 'models'> {
  readonly models: readonly ModelToServe[]
  readonly host: string
  readonly port: number
  readonly allowedHosts: readonly string[]
  readonly allowAdd: boolean
  readonly token: string
  readonly limits: ServeLimits
}

/** @throws NpluskError `USAGE` for a value out of range */
export function settingsOf(options: ServeOptions): Settings {
  const { models, host = '127.0.0.1', port = 8080, allowedHosts = [], allowAdd = false, token } = options
  if (models.length === 0) throw new NpluskError('USAGE', 'There is no model to serve; name at least one.')
  if (!(Number.isInteger(port) && port >= 0 && port <= 65_535))
    throw new NpluskError('USAGE', `The port must be a whole number from 0 to 65535, not ${port}.`)
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new NpluskError('USAGE', 'The token must consist of visible ASCII characters, as it stands in a header.')
  }
  const limits = { ...defaultLimits, ...options.limits }
  for (const [name, value] of Object.entries(limits)) {
    if (!(Number.isSafeInteger(value) && value >= (name === 'batchWaitMs' ? 0 : 1))) {
      throw new NpluskError('USAGE', `The limit ${name} must be a whole number above zero, not ${value}.`)
    }
  }
  // Two addresses may go by that name, each of which would need a server of its own.
  const address = host === 'localhost' ? '127.0.0.1' : host
  return { ...options, host: address, port, allowedHosts, allowAdd, token: token ?? randomToken(), limits }
}

/** 192 bits, in characters that a header and an address can hold. */
function randomToken(): string {
  return randomBytes(24).toString('base64url')
}
