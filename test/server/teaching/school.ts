import type { ServeOptions } from '../../../src/server/options.js'
import { serve } from '../../../src/server/serve.js'

export const token = 'a-token'

/** A service that teaches, on a port of its own. */
export interface School extends AsyncDisposable {
  readonly url: string
  /** Sends a request with the token. */
  send(
    method: 'GET' | 'POST' | 'DELETE' | 'PATCH',
    url: string,
    payload?: object | Buffer,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Sent>
}

export interface Sent {
  readonly status: number
  readonly body: Record<string, any> // eslint-disable-line @typescript-eslint/no-explicit-any
  readonly text: string
  readonly bytes: Buffer
  readonly headers: Headers
}

export async function openSchool(options: ServeOptions): Promise<School> {
  const { url, close } = await serve({ device: 'cpu', allowAdd: true, token, port: 0, ...options })
  return schoolAt(url, close)
}

/** Speaks with a service that teaches. */
export function schoolAt(url: string, close: () => PromiseLike<void>): School {
  return {
    url,
    async send(method, path, payload, headers = {}) {
      const type = { 'content-type': Buffer.isBuffer(payload) ? 'image/png' : 'application/json' }
      const isText = payload !== undefined && !Buffer.isBuffer(payload)
      const answer = await fetch(`${url}${path}`, {
        method,
        ...(payload === undefined ? {} : { body: isText ? JSON.stringify(payload) : payload }),
        headers: { authorization: `Bearer ${token}`, ...(payload === undefined ? {} : type), ...headers },
      })
      const bytes = Buffer.from(await answer.arrayBuffer())
      const isJson = answer.headers.get('content-type')?.includes('json') === true
      const body = isJson ? (JSON.parse(bytes.toString()) as Sent['body']) : {}
      return { status: answer.status, body, text: bytes.toString(), bytes, headers: answer.headers }
    },
    [Symbol.asyncDispose]: async () => close(),
  }
}

/** The events in the text of a stream. */
export function eventsIn(text: string): { id: number; event: string; data: Record<string, unknown> }[] {
  return [...text.matchAll(/^id: (\d+)\nevent: (\w+)\ndata: (.*)$/gm)].map(([, id, event, data]) => ({
    id: Number(id),
    event: event!,
    data: JSON.parse(data!) as Record<string, unknown>,
  }))
}
