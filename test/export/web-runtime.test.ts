import { afterEach, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fetchWebRuntime } from '../../src/export/web-runtime.js'
import { cacheInfo, clearCache } from '../../src/workflow/cache.js'
import { integrityOf, startRegistry, tarball, type LocalRegistry } from '../catalog/fetch-registry.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const names = ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm']

let registry: LocalRegistry | undefined
afterEach(async () => {
  await registry?.close()
  registry = undefined
})

/** A package of these files, and what is needed to fetch it. */
async function offer(files: readonly string[], claimed?: string) {
  const content = Object.fromEntries(files.map((name) => [`package/dist/${name}`, Buffer.from(`content of ${name}`)]))
  const bytes = tarball({ 'package/package.json': Buffer.from('{"name":"runtime","version":"1.2.3"}'), ...content })
  const integrity = claimed ?? integrityOf(bytes)
  const source = { package: 'runtime', version: '1.2.3', integrity, bytes: bytes.length }
  registry = await startRegistry({ ...source, sendTarball: (response) => response.end(bytes) })
  return { source, options: { cacheDir: folder(), registry: registry.url } }
}

test('is fetched once, of which the needed files are kept, and counts in the cache', async () => {
  const { source, options } = await offer([...names, 'other.js'])
  const files = await fetchWebRuntime(options, source)
  expect([...files].map(([name, content]) => [name, Buffer.from(content).toString()])).toEqual(
    names.map((name) => [name, `content of ${name}`]),
  )
  const asked = registry!.requests.length
  expect([...(await fetchWebRuntime(options, source)).keys()]).toEqual(names)
  expect(registry!.requests).toHaveLength(asked)
  expect(readdirSync(join(folder(), 'models'))).toHaveLength(2)

  const { bytes } = await cacheInfo({ cacheDir: folder() })
  expect(bytes).toBe([...files.values()].reduce((sum, { length }) => sum + length, 0))
  await clearCache({ cacheDir: folder() })
  expect(readdirSync(join(folder(), 'models'))).toEqual([])
})

test.each([
  ['empty', ''],
  ['damaged', 'content of XXX.wasm.bundle.min.mjs'],
])('is fetched again where a file of the cache is %s', async (_, content) => {
  const { source, options } = await offer(names)
  const files = Object.fromEntries(names.map((name) => [`dist/${name}`, sha256(`content of ${name}`)]))
  await fetchWebRuntime(options, { ...source, files })
  const kept = join(folder(), 'models', `onnxruntime-web-1.2.3.${names[0]!}`)
  writeFileSync(kept, content)
  const again = await fetchWebRuntime(options, { ...source, files })
  expect(Buffer.from(again.get(names[0]!)!).toString()).toBe(`content of ${names[0]!}`)
  expect(readFileSync(kept, 'utf8')).toBe(`content of ${names[0]!}`)
})

test('is refused where it is not what was published, or lacks a file; nothing stays', async () => {
  const damaged = await offer(names, integrityOf(Buffer.from('other')))
  await expect(fetchWebRuntime(damaged.options, damaged.source)).rejects.toMatchObject({ code: 'DOWNLOAD' })
  await registry!.close()
  const lacking = await offer(names.slice(0, 1))
  await expect(fetchWebRuntime(lacking.options, lacking.source)).rejects.toThrow(
    'The npm package runtime@1.2.3 holds no file dist/ort-wasm-simd-threaded.wasm; update nplusk.',
  )
  expect(readdirSync(join(folder(), 'models'))).toEqual([])
})
