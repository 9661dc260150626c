import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { documentOf, problemMediaType } from '../problem-documents.js'
import { Problem, problems } from '../problems.js'

/** Answers a connection that sends no request which could be read: the answer is a problem document as well. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  if (socket.writable) {
    const problem = problemOf(error.code)
    const { status } = problems[problem.type]
    const body = JSON.stringify(documentOf(problem))
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Connection: close',
      `Content-Type: ${problemMediaType}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  }
  socket.destroy()
}

function problemOf(code: string | undefined): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem('request-timeout', 'The request came in too slowly.')
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem('headers-too-large', 'The head of the request is too large.')
  return new Problem('bad-request', 'What came in is no HTTP request.')
}
