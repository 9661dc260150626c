import { createServer, request as ask, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { encodeModel } from '../../src/onnx/model.js'
import { sendFile, serve, type FileServer } from '../fetch/file-server.js'
import { headModel } from '../support/tiny-models/heads.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { extend } from './spawn.js'

const onnx = encodeModel(headModel('Gemm without bias').model)
const folder = temporaryFolder()

/** A proxy on this machine: what it was asked for, and how. */
interface Proxy {
  readonly url: string
  readonly asked: string[]
  readonly credentials: (string | undefined)[]
  close(): void
}

let web: FileServer
let proxy: Proxy

beforeAll(async () => {
  web = await serve((request, response) => sendFile(request, response, onnx))
  proxy = await startProxy()
})
afterAll(async () => {
  await web.close()
  proxy.close()
})

/** Passes on plain requests, and opens tunnels to this machine, whatever host they ask for. */
async function startProxy(): Promise<Proxy> {
  const asked: string[] = []
  const credentials: (string | undefined)[] = []
  const sockets = new Set<Socket>()
  const note = ({ method, url, headers }: IncomingMessage) => {
    asked.push(`${method} ${url}`)
    credentials.push(headers['proxy-authorization'])
  }
  const server = createServer((request, response) => {
    note(request)
    const { port, pathname } = new URL(request.url!)
    const passed = ask({ host: '127.0.0.1', port, path: pathname, method: request.method, headers: request.headers })
    passed.on('response', (answer) => answer.pipe(response.writeHead(answer.statusCode!, answer.headers)))
    passed.on('error', () => response.destroy())
    passed.end()
  })
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    note(request)
    sockets.add(socket)
    const other = connect(Number(request.url!.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(other).pipe(socket)
    })
    for (const one of [socket, other]) one.on('error', () => [socket, other].forEach((each) => each.destroy()))
  })
  return {
    url: await listen(server),
    asked,
    credentials,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      server.closeAllConnections()
    },
  }
}

async function listen(server: Server, scheme = 'http'): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Pulls what is at an address, and gives the bytes that came. */
async function pull(address: string, variables: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const none = { HTTP_PROXY: '', HTTPS_PROXY: '', NO_PROXY: '', http_proxy: '', https_proxy: '', no_proxy: '' }
  const env = { ...none, NPLUSK_CACHE_DIR: join(folder(), 'cache'), ...variables }
  const { code, stdout, stderr } = await extend(['models', 'pull', address, '--json', '--quiet'], {
    cwd: folder(),
    env,
  })
  if (code !== 0) throw new Error(stderr)
  expect(stderr).toBe('')
  return readFileSync((JSON.parse(stdout) as { file: string }).file)
}

describe('downloads', () => {
  test('go through HTTP_PROXY as plain requests', async () => {
    proxy.asked.length = 0
    expect(await pull(`${web.url}/net.onnx`, { HTTP_PROXY: proxy.url })).toEqual(Buffer.from(onnx))
    expect(proxy.asked).toEqual([`GET ${web.url}/net.onnx`])
  })

  test('take the name in small letters first, an address without a scheme, and credentials', async () => {
    proxy.asked.length = 0
    const named = proxy.url.replace('http://', 'ada:secret@')
    await pull(`${web.url}/net.onnx`, { http_proxy: named, HTTP_PROXY: 'http://127.0.0.1:1' })
    expect(proxy.asked).toEqual([`GET ${web.url}/net.onnx`])
    expect(proxy.credentials.at(-1)).toBe(`Basic ${Buffer.from('ada:secret').toString('base64')}`)
  })

  test('leave it out for hosts in NO_PROXY', async () => {
    proxy.asked.length = 0
    await pull(`${web.url}/net.onnx`, { HTTP_PROXY: proxy.url, NO_PROXY: 'example.org,127.0.0.1' })
    expect(proxy.asked).toEqual([])
  })

  const withOpenssl = existsSync('/usr/bin/openssl') ? test : test.skip
  withOpenssl('go through HTTPS_PROXY by a tunnel, for hosts that this machine cannot find itself', async () => {
    const [key, cert] = [join(folder(), 'key.pem'), join(folder(), 'cert.pem')]
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        key,
        '-out',
        cert,
        '-days',
        '2',
        '-subj',
        '/CN=hub.invalid',
        '-addext',
        'subjectAltName=DNS:hub.invalid',
      ],
      { stdio: 'ignore' },
    )
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) =>
      response.end(onnx),
    )
    const { port } = new URL(await listen(server, 'https'))
    proxy.asked.length = 0
    try {
      const env = { HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: cert }
      expect(await pull(`https://hub.invalid:${port}/net.onnx`, env)).toEqual(Buffer.from(onnx))
      expect(proxy.asked).toEqual([`CONNECT hub.invalid:${port}`])
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })

  test('of the hub ask the proxy as well', async () => {
    proxy.asked.length = 0
    const failed = pull('hf:ada/net', { HTTPS_PROXY: proxy.url, HF_ENDPOINT: 'https://hub.invalid:44399' })
    await expect(failed).rejects.toThrow('Cannot ask the hub for ada/net')
    expect(proxy.asked).toContain('CONNECT hub.invalid:44399')
  })

  test.each([
    ['closes its connection', (socket: Socket) => socket.destroy(), 'other side closed'],
    [
      'wants a password',
      (socket: Socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
      'it answers 407',
    ],
  ])('end where a proxy %s', async (_, answer, reason) => {
    const server = createServer()
    let asked = 0
    server.on('connect', (_request, socket: Socket) => {
      asked++
      socket.on('error', () => undefined)
      answer(socket)
    })
    const url = await listen(server)
    const failed = pull('hf:ada/net', { HTTPS_PROXY: url, HF_ENDPOINT: 'https://hub.invalid:44399' })
    await expect(failed).rejects.toThrow(`the proxy ${new URL(url).host} opens no tunnel: ${reason}`)
    expect(asked).toBe(1)
    server.close()
  })

  test('that meet a proxy which is none end in one sentence', async () => {
    const failed = pull(`${web.url}/net.onnx`, { HTTP_PROXY: 'ftp://proxy' })
    await expect(failed).rejects.toThrow(
      'The HTTP proxy has no usable address; write HTTP_PROXY as http://HOST:PORT, or unset it.',
    )
  })
})
