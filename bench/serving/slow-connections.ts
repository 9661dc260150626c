import { connect, type Socket } from 'node:net'

/** How many were open at the least and at the most, as seen once a second, and how many had to be opened anew. */
export interface HeldConnections {
  readonly least: number
  readonly most: number
  readonly reopened: number
}

/** What a slow client sends at first; then it adds a byte a second, if it has begun. */
const beginnings = [
  '',
  'POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Ty',
  'POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\nContent-Length: 100000\r\n\r\n\xff\xd8',
]

/**
 * Opens connections that never come to an end: one third says nothing, one third sends its head a byte a second, one
 * third its body. What the service closes is opened anew.
 */
export async function holdSlowConnections(url: string, count: number): Promise<{ end(): HeldConnections }> {
  const { hostname, port } = new URL(url)
  const open = new Set<Socket>()
  const counts: number[] = []
  let reopened = 0
  let hasEnded = false
  const begin = (kind: number): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        open.add(socket)
        socket.write(beginnings[kind]!, 'latin1')
        resolve()
      })
      socket.on('error', () => undefined)
      socket.on('close', () => {
        open.delete(socket)
        resolve()
        if (hasEnded) return
        reopened++
        setTimeout(() => void begin(kind), 100).unref()
      })
      socket.resume()
    })
  await Promise.all(Array.from({ length: count }, (_, i) => begin(i % beginnings.length)))
  const timer = setInterval(() => {
    counts.push(open.size)
    for (const socket of open) if (socket.bytesWritten > 0) socket.write('x')
  }, 1000)
  return {
    end() {
      hasEnded = true
      clearInterval(timer)
      for (const socket of open) socket.destroy()
      return { least: Math.min(...counts), most: Math.max(...counts), reopened }
    },
  }
}
