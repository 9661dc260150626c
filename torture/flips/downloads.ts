import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { fetchModel, fetchUrl } from '../../src/catalog/fetch-model.js'
import { knownModels } from '../../src/catalog/known.js'
import { NpluskError } from '../../src/core/errors.js'
import { hashOf } from '../../src/core/hash-of.js'
import { fetchWebRuntime } from '../../src/export/web-runtime.js'
import { fetchFromHub } from '../../src/fetch/hub.js'
import { integrityOf, startRegistry, tarball } from '../../test/catalog/fetch-registry.js'
import { serve } from '../../test/fetch/file-server.js'
import { serveHub } from '../../test/fetch/hub-server.js'
import { writeTinyClassifier } from '../../test/support/tiny-classifier-file.js'
import type { FlipTarget } from './flip.js'

/** What loads the files of the cache whose paths begin so. */
type Loads = Readonly<Record<string, () => Promise<unknown>>>

/**
 * What the cache holds of the hub, of an address, of a known model and of the runtime for web pages, with its pins and
 * records. Servers are there while it is filled and refuse everything afterwards, so that nothing is mended.
 */
export async function downloads(folder: string): Promise<FlipTarget> {
  const cacheDir = join(folder, 'cache')
  const original = join(folder, 'tiny.onnx')
  writeTinyClassifier(original, 10)
  const onnx = await readFile(original)
  let isOpen = true
  const site = await serve((_, response) => void (isOpen ? response.end(onnx) : response.writeHead(404).end()))
  const files = { 'config.json': Buffer.from('{"id2label":{}}'), 'onnx/model.onnx': onnx }
  const hub = await serveHub(() => ({ name: 'ada/net', commit: 'a'.repeat(40), files }))
  const runtime = await serveRuntime()

  const known = {
    ...knownModels[0]!,
    name: 'net',
    source: { kind: 'url', url: `${site.url}/net.onnx`, sha256: hashOf(onnx), bytes: onnx.length },
  } as const
  const at = (url: string) => (isOpen ? url : site.url)
  const loads: Loads = {
    hub: async () => readFile(await fetchFromHub('hf:ada/net', { cacheDir, hub: { url: at(hub.url) } })),
    url: async () => readFile(await fetchUrl(`${site.url}/other.onnx`, { cacheDir })),
    net: async () => (await fetchModel(known, { cacheDir })).sha256,
    onnxruntime: () => fetchWebRuntime({ cacheDir, registry: at(runtime.url) }, runtime.source),
  }
  const untouched = new Map<string, unknown>()
  for (const [begin, load] of Object.entries(loads)) untouched.set(begin, await load())
  isOpen = false
  await hub.close()
  await runtime.close()

  const models = join(cacheDir, 'models')
  const entries = await readdir(models, { recursive: true, withFileTypes: true })
  return {
    files: entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)),
    async ask(file) {
      const [begin, load] = Object.entries(loads).find(([one]) => relative(models, file).startsWith(one))!
      try {
        return isDeepStrictEqual(await load(), untouched.get(begin)) ? 'same' : { fault: 'other bytes are loaded' }
      } catch (error) {
        if (error instanceof NpluskError) return 'found'
        throw error
      }
    },
    [Symbol.asyncDispose]: () => site.close(),
  }
}

/** A registry that has a runtime for web pages. */
async function serveRuntime() {
  const names = ['dist/ort.wasm.bundle.min.mjs', 'dist/ort-wasm-simd-threaded.wasm']
  const contents = names.map((name) => [name, Buffer.from(`content of ${name}`)] as const)
  const bytes = tarball({
    'package/package.json': Buffer.from('{"name":"runtime","version":"1.2.3"}'),
    ...Object.fromEntries(contents.map(([name, content]) => [`package/${name}`, content])),
  })
  const source = {
    package: 'runtime',
    version: '1.2.3',
    integrity: integrityOf(bytes),
    bytes: bytes.length,
    files: Object.fromEntries(contents.map(([name, content]) => [name, hashOf(content)])),
  }
  const registry = await startRegistry({ ...source, sendTarball: (response) => response.end(bytes) })
  return { source, url: registry.url, close: () => registry.close() }
}
