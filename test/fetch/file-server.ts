import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A web server on this machine. */
export interface FileServer {
  readonly url: string
  /** The requests so far. */
  readonly requests: readonly Pick<IncomingMessage, 'url' | 'headers'>[]
  close(): Promise<void>
}

export type Handler = (request: IncomingMessage, response: ServerResponse, attempt: number) => void

/** @param handle answers a request; `attempt` counts all requests, from 0 */
export async function serve(handle: Handler): Promise<FileServer> {
  const requests: Pick<IncomingMessage, 'url' | 'headers'>[] = []
  const server = createServer((request, response) => {
    requests.push({ url: request.url ?? '', headers: request.headers })
    handle(request, response, requests.length - 1)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Serves a file as servers that support resuming do: honours `Range` and `If-Range`. */
export function sendFile(request: IncomingMessage, response: ServerResponse, bytes: Uint8Array, etag = '"one"'): void {
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? []
  const start = Number(from ?? 0)
  const isSame = request.headers['if-range'] === undefined || request.headers['if-range'] === etag
  response.setHeader('etag', etag)
  if (from === undefined || !isSame) {
    response.setHeader('content-length', bytes.length)
    response.end(bytes)
  } else if (start >= bytes.length) {
    response.writeHead(416).end()
  } else {
    response.writeHead(206, {
      'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
      'content-length': bytes.length - start,
    })
    response.end(bytes.subarray(start))
  }
}

/** Announces the whole file, sends its first bytes and drops the connection once these have arrived. */
export function cutOff(response: ServerResponse, bytes: Uint8Array, sent: number, arrived: () => Promise<void>): void {
  response.writeHead(200, { 'content-length': bytes.length, etag: '"one"' })
  response.write(bytes.subarray(0, sent))
  void arrived().then(() => response.destroy())
}
