import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { sentenceOf } from '../../src/cli/remedies.js'
import type { NpluskError } from '../../src/core/errors.js'
import { isTemporary, temporaryName } from '../../src/core/temporary.js'
import { downloadFile, type Download } from '../../src/fetch/download.js'
import { fetchModel, fetchUrl } from '../../src/catalog/fetch-model.js'
import { knownModels } from '../../src/catalog/known.js'
import { isPartial, openPartial, partialFile } from '../../src/fetch/partial.js'
import { randomBytes } from '../support/random-bytes.js'
import { cutOff, sendFile, serve, type FileServer, type Handler } from './file-server.js'

const bytes = randomBytes(300_000)
const sha256 = createHash('sha256').update(bytes).digest('hex')
const wrong = Uint8Array.from(bytes, (byte, i) => (i === 1000 ? byte ^ 1 : byte))

let folder: string
let file: string
let partial: string
const servers: FileServer[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nplusk-'))
  file = join(folder, 'models', 'net.onnx')
  partial = partialFile(file, sha256)
})

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
  await rm(folder, { recursive: true })
})

describe('a download', () => {
  test('is the file, byte for byte, and leaves nothing else', async () => {
    const { url } = await start((request, response) => sendFile(request, response, bytes))
    await download({ url })
    expect((await readFile(file)).equals(bytes)).toBe(true)
    expect(await readdir(join(folder, 'models'))).toEqual(['net.onnx'])
  })

  test('reports bytes that grow to the total, also where the connection is slow', async () => {
    const { url } = await start((_request, response) => {
      response.writeHead(200, { 'content-length': bytes.length })
      void (async () => {
        for (let at = 0; at < bytes.length; at += 60_000) {
          response.write(bytes.subarray(at, at + 60_000))
          // The next piece goes out once this one has arrived.
          while (done.at(-1)! < Math.min(at + 60_000, bytes.length)) await once(arrivals, 'bytes')
        }
        response.end()
      })()
    })
    const arrivals = new EventEmitter()
    const done = [0]
    const totals = new Set<number>()
    await download({ url }, (event) => {
      if (event.done > 0) done.push(event.done)
      arrivals.emit('bytes')
      totals.add(event.total)
    })
    expect(done.length).toBeGreaterThan(4)
    expect(done).toEqual([...new Set(done)].sort((a, b) => a - b))
    expect([done[0], done.at(-1), [...totals]]).toEqual([0, bytes.length, [bytes.length]])
  })

  test('follows redirects', async () => {
    const { url } = await start((request, response) => {
      if (request.url === '/moved') sendFile(request, response, bytes)
      else response.writeHead(302, { location: '/moved' }).end()
    })
    await download({ url })
    expect((await readFile(file)).equals(bytes)).toBe(true)
  })

  test('that is cut off goes on where it stopped, and progress does not go back', async () => {
    const server = await start((request, response, attempt) =>
      attempt === 0 ? cutOff(response, bytes, 100_000, partOnDisk) : sendFile(request, response, bytes),
    )
    const done: number[] = []
    await download({ url: server.url }, (event) => done.push(event.done))
    expect((await readFile(file)).equals(bytes)).toBe(true)
    const ranges = server.requests.map(({ headers }) => headers.range)
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d+-$/)])
    expect(server.requests[1]!.headers['if-range']).toBe('"one"')
    expect(done).toEqual([...done].sort((a, b) => a - b))
  })

  test('starts anew where the server cannot continue, or has another file by now', async () => {
    const other = Uint8Array.from(bytes).reverse()
    const { url } = await start((request, response, attempt) =>
      attempt === 0 ? cutOff(response, bytes, 100_000, partOnDisk) : sendFile(request, response, other, '"two"'),
    )
    await download({ url, sha256: undefined })
    expect((await readFile(file)).equals(other)).toBe(true)
  })

  test('starts anew where the server sends another part than the one that was asked for', async () => {
    const server = await start((request, response, attempt) => {
      if (attempt === 0) return cutOff(response, bytes, 100_000, partOnDisk)
      if (request.headers.range === undefined) return sendFile(request, response, bytes)
      response.writeHead(206, { 'content-range': `bytes 5-9/${bytes.length}` }).end(bytes.subarray(5, 10))
    })
    await download({ url: server.url })
    expect((await readFile(file)).equals(bytes)).toBe(true)
    expect(server.requests.map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=100000-', undefined])
  })

  test('of a server that fails for a moment is tried again', async () => {
    const server = await start((request, response, attempt) =>
      attempt < 2 ? response.writeHead(attempt === 0 ? 500 : 503).end() : sendFile(request, response, bytes),
    )
    await download({ url: server.url })
    expect(server.requests).toHaveLength(3)
    expect((await readFile(file)).equals(bytes)).toBe(true)
  })
})

describe('a download that fails', () => {
  const denied: Handler = (_request, response) => response.writeHead(401).end()
  test.each<[string, Handler, RegExp, number, Download['hub']?]>([
    ['another file', (request, response) => sendFile(request, response, wrong), /SHA-256 differs/, 1],
    ['404', (_request, response) => response.writeHead(404).end(), /answers 404.*check its name\.$/, 1],
    ['500 for ever', (_request, response) => response.writeHead(500).end(), /answers 500.*try again later\.$/, 4],
    [
      'a page',
      (_request, response) => response.setHeader('content-type', 'text/html; charset=utf-8').end('<!doctype html>'),
      /is a web page and no file/,
      1,
    ],
    ['401', denied, /answers 401.*; it does not give this to everybody: download it by hand/, 1],
    ['401 of the hub', denied, /answers 401.*; it wants an access token: set HF_TOKEN/, 1, 'model'],
    ['401 of an address on the hub', denied, /answers 401.*write hf:OWNER\/NAME\.$/, 1, 'address'],
  ])('%s: says so and leaves nothing behind', async (_, handle, message, requests, hub = undefined) => {
    const server = await start(handle)
    const failed = await download({ url: server.url, hub }).then(
      () => undefined,
      (error: unknown) => error as NpluskError,
    )
    expect(failed).toMatchObject({ code: 'DOWNLOAD' })
    expect(sentenceOf(failed!)).toMatch(message)
    expect(server.requests).toHaveLength(requests)
    expect(await readdir(join(folder, 'models'))).toEqual([])
  })

  test('no server: says so', async () => {
    const { url } = await start(() => undefined)
    await servers[0]!.close()
    await expect(download({ url })).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringContaining('check the network'),
    })
  })

  test('on a disk that takes no file: says so, and does not try again', async () => {
    const server = await start((request, response) => sendFile(request, response, bytes))
    await writeFile(join(folder, 'models'), '')
    await expect(download({ url: server.url })).rejects.toMatchObject({ code: 'IO' })
  })

  test('with its hash known is continued by the next call', async () => {
    const server = await start((request, response, attempt) => {
      if (attempt === 0) {
        response.writeHead(200, { 'content-length': bytes.length })
        response.write(bytes.subarray(0, 100_000))
      } else sendFile(request, response, bytes)
    })
    const controller = new AbortController()
    void partOnDisk().then(() => controller.abort())
    const first = downloadFile({ url: server.url, file, sha256 }, { signal: controller.signal })
    await expect(first).rejects.toMatchObject({ code: 'ABORTED' })
    expect(await readdir(join(folder, 'models'))).toEqual([basename(partial)])

    await download({ url: server.url })
    expect(server.requests[1]!.headers.range).toMatch(/^bytes=[1-9]\d+-$/)
    expect((await readFile(file)).equals(bytes)).toBe(true)
    expect(await readdir(join(folder, 'models'))).toEqual(['net.onnx'])
  })

  test('and whose part on disk is damaged, or whole already, ends in the right file', async () => {
    const server = await start((request, response) => sendFile(request, response, bytes))
    await mkdir(join(folder, 'models'))
    await writeFile(partial, wrong.subarray(0, 50_000))
    await download({ url: server.url })
    expect((await readFile(file)).equals(bytes)).toBe(true)
    await rm(file)
    await writeFile(partial, bytes)
    await download({ url: server.url })
    expect((await readFile(file)).equals(bytes)).toBe(true)
  })
})

test('a transfer whose process was killed is gone on with; meanwhile another process has a file of its own', async () => {
  const server = await start((request, response) => sendFile(request, response, bytes))
  await mkdir(join(folder, 'models'))
  // What a killed process leaves: a file, and no lock.
  await writeFile(partial, bytes.subarray(0, 100_000))
  {
    await using first = await openPartial(file, sha256)
    await using second = await openPartial(file, sha256)
    expect([first, second].map(({ path }) => path === partial)).toEqual([true, false])
    await download({ url: server.url })
    expect(server.requests[0]!.headers.range).toBeUndefined()
  }
  await download({ url: server.url })
  expect(server.requests[1]!.headers.range).toBe('bytes=100000-')
  expect((await readFile(file)).equals(bytes)).toBe(true)
  expect(await readdir(join(folder, 'models'))).toEqual(['net.onnx'])
})

test('what another machine left is gone on with once it has stood still for an hour', async () => {
  const server = await start((request, response) => sendFile(request, response, bytes))
  await mkdir(join(folder, 'models'))
  const others = partial.replace(/\.[0-9a-f]{8}\.incomplete$/, '.01234567.incomplete')
  await writeFile(others, bytes.subarray(0, 100_000))
  await download({ url: server.url })
  expect(server.requests[0]!.headers.range).toBeUndefined()
  const longAgo = new Date(Date.now() - 7_200_000)
  await utimes(others, longAgo, longAgo)
  await rm(file)
  await download({ url: server.url })
  expect(server.requests[1]!.headers.range).toBe('bytes=100000-')
  expect(await readdir(join(folder, 'models'))).toEqual(['net.onnx'])
})

test('an abort while the server is silent ends it at once', async () => {
  const controller = new AbortController()
  const { url } = await start(() => controller.abort())
  const fetching = downloadFile({ url, file, sha256 }, { signal: controller.signal })
  await expect(fetching).rejects.toMatchObject({ code: 'ABORTED' })
})

test('what a killed process left is removed by the next download, after an hour', async () => {
  const { url } = await start((request, response) => sendFile(request, response, bytes))
  const [old, young] = [temporaryName(file), temporaryName(file)]
  await mkdir(join(folder, 'models'))
  await writeFile(old, 'part')
  await writeFile(young, 'part')
  const hours = new Date(Date.now() - 2 * 3_600_000)
  await utimes(old, hours, hours)
  await download({ url })
  expect((await readdir(join(folder, 'models'))).map((name) => join(folder, 'models', name)).sort()).toEqual(
    [young, file].sort(),
  )
})

test('a token goes to the server that was asked, and not to another one it redirects to', async () => {
  const store = await start((request, response) => sendFile(request, response, bytes))
  const hub = await start((request, response) => {
    if (request.headers.authorization !== 'Bearer hf_secret') response.writeHead(401).end()
    else response.writeHead(302, { location: `${store.url}/blob` }).end()
  })
  await download({ url: `${hub.url}/file`, token: 'hf_secret' })
  expect(hub.requests[0]!.headers.authorization).toBe('Bearer hf_secret')
  expect(store.requests[0]!.headers.authorization).toBeUndefined()
  expect((await readFile(file)).equals(bytes)).toBe(true)
})

describe('models by address', () => {
  test('a known one is checked against its hash, kept, and found again without the network', async () => {
    const server = await start((request, response) => sendFile(request, response, bytes))
    const known = (hash: string) =>
      ({
        ...knownModels[0]!,
        name: 'net',
        source: { kind: 'url', url: server.url, sha256: hash, bytes: bytes.length },
      }) as const
    const first = await fetchModel(known(sha256), { cacheDir: folder })
    expect(first).toMatchObject({ sha256, file: join(folder, 'models', `net.${sha256.slice(0, 12)}.onnx`) })
    expect(await fetchModel(known(sha256), { cacheDir: folder })).toEqual(first)
    expect(server.requests).toHaveLength(1)
    await expect(fetchModel(known('0'.repeat(64)), { cacheDir: folder })).rejects.toMatchObject({ code: 'DOWNLOAD' })
  })

  test('any other is kept under its own name, apart from others of that name', async () => {
    const server = await start((request, response) =>
      sendFile(request, response, request.url === '/a/net.onnx' ? bytes : wrong),
    )
    const one = await fetchUrl(`${server.url}/a/net.onnx`, { cacheDir: folder })
    const other = await fetchUrl(`${server.url}/b/net.onnx?raw=true`, { cacheDir: folder })
    expect([one, other].map((path) => path.endsWith('net.onnx'))).toEqual([true, true])
    expect((await readFile(one)).equals(bytes)).toBe(true)
    expect((await readFile(other)).equals(wrong)).toBe(true)
    await servers[0]!.close()
    expect(await fetchUrl(`${server.url}/a/net.onnx`, { cacheDir: folder })).toBe(one)
    await expect(fetchUrl('https://', { cacheDir: folder })).rejects.toMatchObject({ code: 'USAGE' })
  })

  test.each<[string, (file: string) => Promise<void>]>([
    ['empty', (path) => writeFile(path, '')],
    ['cut off', (path) => writeFile(path, bytes.subarray(0, 1000))],
    ['changed', (path) => writeFile(path, wrong)],
    [
      'changed and bears the old time',
      async (path) => {
        const { mtime } = await stat(path)
        await writeFile(path, Buffer.from(bytes).fill(1, 5000, 5001))
        await utimes(path, mtime, mtime)
      },
    ],
    ['without its record', async (path) => rm(await recordBeside(path))],
    ['with a damaged record', async (path) => writeFile(await recordBeside(path), '{"sha256":')],
  ])('has to stay what it was: one that is %s is fetched again, or named', async (_, damage) => {
    let isGone = false
    const server = await start((request, response) =>
      isGone ? void response.writeHead(404).end() : sendFile(request, response, bytes),
    )
    const url = `${server.url}/net.onnx`
    const path = await fetchUrl(url, { cacheDir: folder })
    await damage(path)
    expect(await fetchUrl(url, { cacheDir: folder })).toBe(path)
    expect((await readFile(path)).equals(bytes)).toBe(true)
    await damage(path)
    isGone = true
    await expect(fetchUrl(url, { cacheDir: folder })).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringContaining('is damaged and could not be fetched again ('),
      remedy: { kind: 'pull-model', model: url },
    })
  })
})

/** The hidden file beside a download. */
async function recordBeside(path: string): Promise<string> {
  return join(
    dirname(path),
    (await readdir(dirname(path))).find((name) => name.endsWith('.json'))!,
  )
}

/** Resolves once some of a download has been written. */
async function partOnDisk(): Promise<void> {
  const models = join(folder, 'models')
  for (;;) {
    const names: string[] = await readdir(models).catch(() => [])
    const parts = names.filter((name) => isTemporary(name) || isPartial(name)).map((name) => join(models, name))
    const found = await Promise.all(parts.map((part) => stat(part).catch(() => undefined)))
    if (found.some((part) => part !== undefined && part.size > 0)) return
    await setImmediate()
  }
}

async function start(handle: Handler): Promise<FileServer> {
  const server = await serve(handle)
  servers.push(server)
  return server
}

function download(
  options: Partial<Download> & { readonly url: string },
  onBytes: (event: { done: number; total: number }) => void = () => undefined,
): Promise<void> {
  return downloadFile(
    { file, sha256, ...options },
    { onProgress: (event) => event.type === 'progress' && onBytes(event) },
  )
}
