import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { bottleneckFolder, openStore } from '../../src/features/store.js'
import { describeCache } from '../../src/cli/reports/cache.js'
import { cudaFolder } from '../../src/cuda/folder.js'
import { cacheInfo, clearCache } from '../../src/workflow/cache.js'
import { entryOf } from '../features/entries.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
const options = () => ({ cacheDir: folder() })

/** A file of so many bytes in the cache. */
async function place(size: number, ...path: readonly string[]): Promise<string> {
  const file = join(folder(), ...path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, new Uint8Array(size))
  return file
}

test('an empty cache takes nothing', async () => {
  expect(await cacheInfo(options())).toEqual({
    folder: folder(),
    bytes: 0,
    models: 0,
    bottlenecks: 0,
    branches: 0,
    cuda: 0,
  })
  expect(await clearCache(options())).toEqual({ bytes: 0 })
  expect(describeCache(await cacheInfo(options()))).not.toContain('CUDA')
})

test('counts models, bottlenecks and what was set up for CUDA, and frees the first two', async () => {
  const ours = [
    await place(1000, 'models', 'inception-v3.tflite-onnx-1.onnx'),
    await place(200, 'models', 'hub', 'owner', 'name', 'model.onnx'),
    await place(30, 'models', '.0123456789abcdef.01234567.incomplete'),
  ]
  const others = [await place(7, 'models', 'inception-v3.txt'), await place(7, 'notes.onnx')]
  const cuda = await place(3000, cudaFolder('.'), 'lib', 'libonnxruntime_providers_cuda.so')
  await place(1000, dirname(cudaFolder('.')), 'onnxruntime-1.2.3-cuda13', 'libonnxruntime.so.1')
  const store = await openStore(bottleneckFolder(folder()))
  store.putAll([entryOf('a')])
  await store.close()

  const info = await cacheInfo(options())
  expect(info).toMatchObject({ models: 1230, cuda: 4000 })
  expect(info.bottlenecks).toBeGreaterThan(0)
  expect(info.bytes).toBe(1230 + 4000 + info.bottlenecks)
  expect(describeCache(info)).toMatch(/^ *CUDA +4/m)

  expect(await clearCache(options())).toEqual({ bytes: 1230 + info.bottlenecks })
  expect(ours.filter((file) => existsSync(file))).toEqual([])
  expect([...others, cuda].filter((file) => !existsSync(file))).toEqual([])
  expect(await cacheInfo(options())).toMatchObject({ models: 0, cuda: 4000 })
})
