/** Every problem document (RFC 9457) that the service answers with, by its name: the status and a title that stays. */
export const problems = {
  'bad-request': { status: 400, title: 'The request is not one that this service understands.' },
  unauthorized: { status: 401, title: 'The token is missing or wrong.' },
  'forbidden-origin': { status: 403, title: 'The request comes from another site, or for another host.' },
  'not-found': { status: 404, title: 'There is nothing at this address.' },
  'unknown-model': { status: 404, title: 'No model of this name is served.' },
  'method-not-allowed': { status: 405, title: 'This address does not take this method.' },
  'request-timeout': { status: 408, title: 'The request did not come in within the time that it may take.' },
  conflict: { status: 409, title: 'The request does not fit the state of what it is for.' },
  'too-large': { status: 413, title: 'The request is larger than this service takes.' },
  'unsupported-media-type': { status: 415, title: 'The service does not take content of this type.' },
  'unreadable-image': { status: 422, title: 'The picture cannot be read.' },
  'too-many-requests': { status: 429, title: 'This client sends more requests than it may.' },
  'headers-too-large': { status: 431, title: 'The head of the request is larger than this service takes.' },
  internal: { status: 500, title: 'The service failed; its log says why.' },
  overloaded: { status: 503, title: 'The service has more to do than it can queue.' },
  'not-ready': { status: 503, title: 'The service is starting or ending.' },
  'deadline-exceeded': { status: 504, title: 'The answer was not ready in time.' },
  'no-space': { status: 507, title: 'The service has no space left to store this.' },
} as const

export type ProblemName = keyof typeof problems

/** Thrown where a request cannot be answered; `detail` is one sentence without paths, for the client to read. */
export class Problem extends Error {
  readonly type: ProblemName
  /** Seconds after which the client may try again, where that helps. */
  readonly retryAfter: number | undefined

  constructor(
    type: ProblemName,
    detail: string,
    options: { readonly cause?: unknown; readonly retryAfter?: number } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Problem'
    this.type = type
    this.retryAfter = options.retryAfter
  }
}
