import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fetchModel } from '../../src/catalog/fetch-model.js'
import { fetchFromHub, type HubAccess } from '../../src/fetch/hub.js'
import { readPin } from '../../src/fetch/hub-pin.js'
import { knownModels } from '../../src/catalog/known.js'
import { fileBackbone } from '../../src/classifier/file-backbone.js'
import { encodeModel } from '../../src/onnx/model.js'
import { headModel } from '../support/tiny-models/heads.js'
import { sendFile, serve, type FileServer } from './file-server.js'
import { serveHub, type HubRepository } from './hub-server.js'

const text = (value: string) => new TextEncoder().encode(value)
const onnx = encodeModel(headModel('Gemm without bias').model)
const commit = 'a'.repeat(40)
const files = {
  'README.md': text('# A model'),
  'config.json': text('{}'),
  'preprocessor_config.json': text('{"do_normalize":true,"image_mean":[0.5,0.5,0.5],"image_std":[0.5,0.5,0.5]}'),
  'onnx/model.onnx': onnx,
  'onnx/model_quantized.onnx': text('another'),
}

let cacheDir: string
let repository: HubRepository
let hub: FileServer
const others: FileServer[] = []

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'nplusk-'))
  repository = { name: 'ada/net', commit, files }
  hub = await serveHub(() => repository)
})

afterEach(async () => {
  for (const server of [hub, ...others.splice(0)]) await server.close()
  await rm(cacheDir, { recursive: true })
})

describe('a model of the hub', () => {
  test('comes with what describes it, under its commit, and is found again without the network', async () => {
    const file = await get('hf:ada/net')
    expect(relative(cacheDir, file)).toBe(join('models', 'hub', 'ada--net', commit, 'onnx', 'model.onnx'))
    expect(await readFile(file)).toEqual(Buffer.from(onnx))
    const root = join(file, '..', '..')
    expect((await readdir(root, { recursive: true })).sort()).toEqual(
      ['config.json', 'onnx', join('onnx', 'model.onnx'), 'preprocessor_config.json'].sort(),
    )
    const { found } = await fileBackbone(file, {})
    expect(found).toMatchObject({ source: 'preprocessor_config.json', normalisation: { mean: [0.5, 0.5, 0.5] } })

    repository = { ...repository, commit: 'b'.repeat(40) }
    expect(await get('hf:ada/net')).toBe(file)
    await hub.close()
    expect(await get('hf:ada/net')).toBe(file)
  })

  test('is asked for by the revision that is named, and kept apart', async () => {
    const first = await get('hf:ada/net')
    repository = { ...repository, commit: 'c'.repeat(40) }
    expect(await get('hf:ada/net@v2')).toBe(first.replace(commit, 'c'.repeat(40)))
    expect(hub.requests.map(({ url }) => url)).toContainEqual(expect.stringContaining('/revision/v2?'))
  })

  test('needs its token, which goes to no other host', async () => {
    repository = { ...repository, token: 'hf_secret', files: { ...files, 'onnx/model.onnx': large() } }
    const store = await serve((request, response) => sendFile(request, response, large()))
    others.push(store)
    const gated = await serveHub(
      () => repository,
      () => store.url,
    )
    others.push(gated)
    await expect(get('hf:ada/net', { url: gated.url })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'The hub shows no model ada/net.',
      remedy: { kind: 'check-name-or-give-token' },
    })
    const file = await get('hf:ada/net', { url: gated.url, token: 'hf_secret' })
    expect(await readFile(file)).toEqual(Buffer.from(large()))
    expect(store.requests).toHaveLength(1)
    expect(store.requests[0]!.headers.authorization).toBeUndefined()
  })

  test('that is not what the hub lists is refused', async () => {
    const store = await serve((request, response) => sendFile(request, response, large().fill(7)))
    others.push(store)
    repository = { ...repository, files: { 'model.onnx': large() } }
    const other = await serveHub(
      () => repository,
      () => store.url,
    )
    others.push(other)
    await expect(get('hf:ada/net', { url: other.url })).rejects.toMatchObject({
      message: expect.stringContaining('SHA-256 differs'),
    })
    await expect(get('hf:ada/net', { url: other.url })).rejects.toMatchObject({ code: 'DOWNLOAD' })
  })

  test.each<[string, HubRepository['files'], string]>([
    ['model.onnx at the top', { 'model.onnx': onnx, 'other.onnx': text('x') }, 'model.onnx'],
    ['the only ONNX file', { 'net-7.onnx': onnx }, 'net-7.onnx'],
    ['one with weights beside it', { 'model.onnx': onnx, 'model.onnx_data': text('weights') }, 'model.onnx'],
  ])('may be %s', async (_, own, path) => {
    repository = { ...repository, files: own }
    const file = await get('hf:ada/net')
    expect(file.endsWith(join(commit, path))).toBe(true)
    const beside = Object.keys(own).filter((name) => name.startsWith('model.onnx_'))
    expect(await readdir(join(file, '..'))).toEqual([path, ...beside])
  })
})

describe('the hub cannot give', () => {
  test.each<[string, Partial<HubRepository>, HubAccess, string, object]>([
    [
      'what does not exist',
      {},
      {},
      'hf:ada/nothing',
      { code: 'NOT_FOUND', message: expect.stringMatching(/no model ada\/nothing/) },
    ],
    [
      'a model without ONNX',
      { files: { 'model.safetensors': onnx } },
      {},
      'hf:ada/net',
      { code: 'NOT_FOUND', message: expect.stringMatching(/no ONNX file/) },
    ],
    [
      'one of several',
      { files: { 'a.onnx': onnx, 'b.onnx': onnx } },
      {},
      'hf:ada/net',
      { code: 'NOT_FOUND', message: expect.stringMatching(/several ONNX files/) },
    ],
    ['a name without owner', {}, {}, 'hf:net', { code: 'USAGE', message: expect.stringMatching(/hf:owner\/name/) }],
    ['a path out of the cache', {}, {}, 'hf:../..', { code: 'USAGE' }],
    [
      'anything for a wrong token',
      {},
      { token: 'secret' },
      'hf:ada/net',
      { code: 'USAGE', remedy: { kind: 'correct-token' } },
    ],
  ])('%s', async (_, change, access, name, error) => {
    repository = { ...repository, ...change }
    await expect(get(name, { url: hub.url, ...access })).rejects.toMatchObject(error)
  })

  test('anything while it cannot be reached', async () => {
    await hub.close()
    await expect(get('hf:ada/net')).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringContaining('check the network'),
    })
  })
})

describe('names that the hub gives', () => {
  test.each(['../../../outside', '', 'main', 'A'.repeat(40), `${'a'.repeat(40)}/..`, null, 7, [], undefined])(
    'a commit of %p is refused, and nothing is written',
    async (sha) => {
      repository = { ...repository, answers: { revision: { sha } } }
      await expect(get('hf:ada/net')).rejects.toMatchObject({
        code: 'DOWNLOAD',
        message: expect.stringContaining("The hub's answer on ada/net is none that the hub gives"),
      })
      expect(await readdir(cacheDir)).toEqual([])
    },
  )

  test.each(['../../../outside', '', 'g'.repeat(64), null, 7])('a hash of %p is refused', async (oid) => {
    const tree = [
      { type: 'file', path: 'model.onnx', size: 9, oid: '0'.repeat(40), lfs: { oid, size: 9, pointerSize: 1 } },
    ]
    repository = { ...repository, answers: { tree } }
    await expect(get('hf:ada/net')).rejects.toMatchObject({ code: 'DOWNLOAD' })
    expect(await readdir(cacheDir)).toEqual([])
  })

  test.each([
    '../model.onnx',
    '/tmp/model.onnx',
    'a/../../../../../model.onnx',
    'a\\..\\model.onnx',
    'C:model.onnx',
    '',
    null,
    7,
    ['model.onnx'],
  ])('a file called %p is passed over', async (path) => {
    const tree = [{ type: 'file', path, size: 9, oid: '0'.repeat(40) }]
    repository = { ...repository, answers: { tree } }
    await expect(get('hf:ada/net')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await readdir(cacheDir)).toEqual([])
  })

  test.each<[string, unknown]>([
    ['is no list', { a: 1 }],
    ['is null', null],
    ['is a text', 'x'],
    ['has entries that are none', [null, 7, 'x']],
  ])('a list of files that %s is an error that names the hub', async (_, tree) => {
    repository = { ...repository, answers: { tree } }
    await expect(get('hf:ada/net')).rejects.toMatchObject({ name: 'NpluskError' })
    expect(await readdir(cacheDir)).toEqual([])
  })

  /** A pin with the checksum that belongs to it. */
  const checked = (pin: unknown) =>
    JSON.stringify({ check: createHash('sha256').update(JSON.stringify(pin)).digest('hex'), pin })
  const sound = { sha256: '0'.repeat(64), bytes: 1 }

  test.each([
    checked({ commit: '../../../..', path: 'outside', files: { outside: sound } }),
    checked({ commit: 'a'.repeat(40), path: '../../../../outside', files: { '../../../../outside': sound } }),
    checked({ commit: 'a'.repeat(40), path: 7, files: {} }),
    checked({ commit: 'a'.repeat(40), path: 'm.onnx', files: { 'm.onnx': sound, '../../../../outside': sound } }),
    checked({ commit: 'a'.repeat(40), path: 'm.onnx', files: { 'm.onnx': { ...sound, sha256: 'x' } } }),
    checked({ commit: 'a'.repeat(40), path: 'm.onnx', files: {} }),
    JSON.stringify({
      check: '0'.repeat(64),
      pin: { commit: 'a'.repeat(40), path: 'm.onnx', files: { 'm.onnx': sound } },
    }),
    checked(null),
    'null',
    '[]',
    '7',
    'x',
  ])('a pin of %s is none, and that is told', async (pin) => {
    await writeFile(join(cacheDir, 'outside'), 'x')
    const folder = join(cacheDir, 'models', 'hub', 'ada--net')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'default.json'), pin)
    const told: unknown[] = []
    const options = { cacheDir, hub: { url: hub.url }, onProgress: (event: unknown) => told.push(event) }
    expect(await fetchFromHub('hf:ada/net', options)).toBe(join(folder, commit, 'onnx', 'model.onnx'))
    const message = `${join(folder, 'default.json')} is damaged; asking the hub again which version hf:ada/net is.`
    expect(told[0]).toEqual({ type: 'info', message })
  })

  test('a pin with a bit flipped anywhere is none', async () => {
    await get('hf:ada/net')
    const file = join(cacheDir, 'models', 'hub', 'ada--net', 'default.json')
    const whole = await readFile(file)
    const pin = await readPin(file)
    for (let i = 0; i < whole.length; i++) {
      const flipped = Buffer.from(whole)
      flipped[i]! ^= 1 << (i % 8)
      await writeFile(file, flipped)
      const found = await readPin(file)
      // Blanks between the parts of a JSON text mean nothing.
      if (found !== 'damaged') expect(found).toEqual(pin)
    }
  })

  test('the token goes to no other host that a list goes on at', async () => {
    const other = await serve((_, response) => response.setHeader('content-type', 'application/json').end('[]'))
    others.push(other)
    repository = { ...repository, token: 'hf_secret', answers: { next: `${other.url}/page2` } }
    await get('hf:ada/net', { url: hub.url, token: 'hf_secret' })
    expect(other.requests).toHaveLength(1)
    expect(other.requests[0]!.headers.authorization).toBeUndefined()
  })
})

describe('a file of the hub in the cache', () => {
  const damages: [string, (file: string) => Promise<void>][] = [
    ['empty', (file) => writeFile(file, '')],
    ['cut off', async (file) => writeFile(file, (await readFile(file)).subarray(0, 20))],
    ['changed', async (file) => writeFile(file, (await readFile(file)).fill(7, 20, 21))],
    ['gone', (file) => rm(file)],
  ]
  test.each(damages)('that is %s is fetched again, of the commit that was pinned', async (_, damage) => {
    const file = await get('hf:ada/net')
    const asked = hub.requests.length
    await damage(file)
    expect(await get('hf:ada/net')).toBe(file)
    expect(await readFile(file)).toEqual(Buffer.from(onnx))
    // The commit, the list of files, and only this file.
    expect(hub.requests.slice(asked).map(({ url }) => url!.split('?')[0])).toEqual([
      `/api/models/ada/net/revision/${commit}`,
      `/api/models/ada/net/tree/${commit}`,
      `/ada/net/resolve/${commit}/onnx/model.onnx`,
    ])
  })

  test.each(damages)('that is %s, without the network, is named with what to do', async (_, damage) => {
    const file = await get('hf:ada/net')
    const config = join(file, '..', '..', 'preprocessor_config.json')
    await damage(config)
    await hub.close()
    await expect(get('hf:ada/net')).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringContaining('is damaged and could not be fetched again ('),
      remedy: { kind: 'pull-model', model: 'hf:ada/net' },
    })
  })

  test('that is changed and bears the time and the size on record is fetched again', async () => {
    const file = await get('hf:ada/net')
    const { mtime } = await stat(file)
    await writeFile(file, (await readFile(file)).fill(7, 100, 101))
    await utimes(file, mtime, mtime)
    expect(await get('hf:ada/net')).toBe(file)
    expect(await readFile(file)).toEqual(Buffer.from(onnx))
  })

  test('is taken where only its time has changed', async () => {
    const file = await get('hf:ada/net')
    await utimes(file, 1, 1)
    await hub.close()
    expect(await get('hf:ada/net')).toBe(file)
  })
})

test('a known model of the hub is fetched by its revision and checked', async () => {
  const known = {
    ...knownModels[0]!,
    name: 'net',
    source: {
      kind: 'hub',
      repo: 'ada/net',
      revision: commit,
      path: 'onnx/model.onnx',
      sha256: '1'.repeat(64),
      bytes: 1,
    },
  } as const
  await expect(fetchModel(known, { cacheDir, hub: { url: hub.url } })).rejects.toMatchObject({
    message: expect.stringContaining(`${hub.url}/ada/net/resolve/${commit}/onnx/model.onnx is not the file on record`),
  })
})

function get(name: string, access: HubAccess = { url: hub.url }): Promise<string> {
  return fetchFromHub(name, { cacheDir, hub: access })
}

function large(): Uint8Array {
  return new Uint8Array(5000).fill(1)
}
