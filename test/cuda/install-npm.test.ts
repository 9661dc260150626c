import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { cudaFolder } from '../../src/cuda/folder.js'
import { installFromNpm, type ProviderPackage } from '../../src/cuda/install-npm.js'
import { packagedLibraries } from '../../src/runtime/provider-files.js'
import { integrityOf, startRegistry, tarball, type LocalRegistry } from '../catalog/fetch-registry.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const encode = (text: string) => new TextEncoder().encode(text)
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const libraries = { 'provider.so': encode('provider'), 'shared.so': encode('shared') }
const packed = tarball({
  'package/package.json': encode(JSON.stringify({ name: 'provider', version: '1.0.0' })),
  'package/x64/provider.so': libraries['provider.so'],
  'package/x64/shared.so': libraries['shared.so'],
  'package/x64/other.so': encode('not wanted'),
})
const source: ProviderPackage = {
  package: 'provider',
  version: '1.0.0',
  integrity: integrityOf(packed),
  bytes: packed.length,
  folder: 'x64',
  files: { 'provider.so': hash(libraries['provider.so']), 'shared.so': hash(libraries['shared.so']) },
}

const cache = temporaryFolder()
let registry: LocalRegistry | undefined
afterEach(async () => {
  await registry?.close()
  registry = undefined
})

async function install(wanted = source): Promise<string> {
  registry ??= await startRegistry({ ...source, sendTarball: (response) => void response.end(packed) })
  return installFromNpm(cache(), { registry: registry.url }, wanted)
}

test('puts the provider beside a copy of ONNX Runtime, and nothing else', async () => {
  const folder = await install()
  expect(folder).toBe(cudaFolder(cache()))
  expect((await readdir(folder)).sort()).toEqual(['libonnxruntime.so.1', 'provider.so', 'shared.so'])
  expect(await readFile(join(folder, 'provider.so'), 'utf8')).toBe('provider')
  const runtime = await readFile(join(packagedLibraries(), 'libonnxruntime.so.1'))
  expect(hash(await readFile(join(folder, 'libonnxruntime.so.1')))).toBe(hash(runtime))
  expect(await readdir(join(cache(), 'cuda'))).toHaveLength(1)
})

test('asks the network once, and again for a file that is damaged', async () => {
  const folder = await install()
  const asked = registry!.requests.length
  await install()
  expect(registry!.requests).toHaveLength(asked)
  await writeFile(join(folder, 'shared.so'), 'damaged')
  await install()
  expect(registry!.requests.length).toBeGreaterThan(asked)
  expect(await readFile(join(folder, 'shared.so'), 'utf8')).toBe('shared')
})

test('refuses files that are not those on record, and keeps nothing of them', async () => {
  const files = { ...source.files, 'shared.so': '0'.repeat(64) }
  await expect(install({ ...source, files })).rejects.toMatchObject({
    code: 'DOWNLOAD',
    message: 'The files in the npm package provider@1.0.0 are not those on record; update nplusk.',
  })
  expect(await readdir(join(cache(), 'cuda'))).toEqual([])
})

test('refuses a tarball that is not the one on record', async () => {
  const integrity = integrityOf(encode('another'))
  await expect(install({ ...source, integrity })).rejects.toMatchObject({ code: 'DOWNLOAD' })
  expect(await readdir(join(cache(), 'cuda'))).toEqual([])
})
