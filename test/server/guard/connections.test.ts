import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { closeUnread, Connections } from '../../../src/server/guard/connections.js'

const most = 3

let server: Server
let connections: Connections
let sockets: Socket[]
/** Answers that nobody has sent yet. */
let open: ServerResponse[]

beforeEach(async () => {
  sockets = []
  open = []
  server = createServer((_request, response) => void open.push(response))
  connections = new Connections(server, most)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

/** Connects, and waits until the server knows. */
async function connection(): Promise<Socket> {
  const accepted = once(server, 'connection')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.on('error', () => undefined)
  sockets.push(socket)
  await accepted
  return socket
}

/** `once` would fail where the connection is reset. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve())))
}

/** Sends a request, and waits until it is in hand. */
async function ask(socket: Socket): Promise<void> {
  const asked = once(server, 'request')
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await asked
}

async function answer(socket: Socket, response: ServerResponse): Promise<void> {
  const answered = once(socket, 'data')
  response.end('x')
  await answered
}

test('of more connections than there may be, the one that has waited longest goes', async () => {
  const [first, second, third] = [await connection(), await connection(), await connection()]
  const gone = closed(first)
  await connection()
  await gone
  expect([second, third].map((socket) => socket.destroyed)).toEqual([false, false])
})

test('one with a request in hand stays, and waits again once it has its answer', async () => {
  const [busy, idle] = [await connection(), await connection()]
  await ask(busy)
  await connection()
  const idleGone = closed(idle)
  await connection()
  await idleGone
  expect(busy.destroyed).toBe(false)
  await answer(busy, open[0]!)
  // Two have waited longer than it has since.
  for (const older of [sockets[2]!, sockets[3]!]) {
    const gone = closed(older)
    await connection()
    await gone
  }
  const busyGone = closed(busy)
  await connection()
  await busyGone
})

test('where all have requests in hand, a new one is closed', async () => {
  for (let i = 0; i < most; i++) await ask(await connection())
  const late = await connection()
  await closed(late)
  expect(sockets.slice(0, most).map((socket) => socket.destroyed)).toEqual([false, false, false])
})

test('the end waits for the requests in hand, and for nobody else', async () => {
  const [busy, half] = [await connection(), await connection()]
  await ask(busy)
  half.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Le')
  let ended = false
  const end = connections.end(60_000).then(() => (ended = true))
  const [data] = await Promise.all([once(busy, 'data'), Promise.resolve().then(() => open[0]!.end('the answer'))])
  expect(String(data)).toContain('the answer')
  await Promise.all([end, closed(half)])
  expect(ended).toBe(true)
})

test('answers that wait behind another one are over when their connection is', async () => {
  const socket = await connection()
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(12))
  while (open.length < 12) await once(server, 'request')
  const closed = Promise.all(open.map((response) => once(response, 'close')))
  socket.destroy()
  await Promise.all([closed, connections.end(60_000)])
  expect(open.every(({ destroyed }) => destroyed)).toBe(true)
})

test('the end does not wait longer than it may', async () => {
  const stuck = await connection()
  await ask(stuck)
  const gone = closed(stuck)
  await connections.end(1)
  await gone
})

test('a client that takes nothing of an answer is closed, and one that has taken all may wait for more', async () => {
  const [stuck, listening] = [await connection(), await connection()]
  stuck.pause()
  await ask(stuck)
  await ask(listening)
  closeUnread(open[0]!, 1)
  closeUnread(open[1]!, 1)
  const timedOut = once(open[1]!, 'timeout')
  const stuckGone = once(open[0]!, 'close')
  const taken = once(listening, 'data')
  // More than all buffers on the way hold.
  open[0]!.write(Buffer.alloc(2 ** 26))
  open[1]!.write('x')
  await Promise.all([taken, timedOut, stuckGone])
  expect([open[0]!.destroyed, open[1]!.destroyed]).toEqual([true, false])
})
