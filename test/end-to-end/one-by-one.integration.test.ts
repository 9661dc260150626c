import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readBundle } from '../../src/bundle/bundle.js'
import { loadImage } from '../../src/image/decode.js'
import { listImages } from '../../src/folders/folder.js'
import { decodeModel, encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { openSession } from '../../src/runtime/session.js'
import { exportModel } from '../../src/workflow/export.js'
import { extendModel } from '../../src/workflow/extend.js'
import { inspectModel } from '../../src/workflow/inspect.js'
import { logitsOfBoth } from '../support/base-logits.js'
import { GraphBuilder } from '../support/tiny-models/builder.js'
import { dynamicallyQuantised } from '../support/tiny-models/quantised.js'

/** A graph for one picture that cannot be made to take more. */
function forOnePicture(): LoadedModel {
  const g = new GraphBuilder(13)
  const maps = g.op('Unsqueeze', [g.reshape(g.convRelu('x', 3, 8, 3), [8, 8, 8]), g.ints([0])])
  return g.model([1, 3, 8, 8], [[g.gemm(g.op('Flatten', [g.op('GlobalAveragePool', [maps])]), 8, 5), [1, 5]]])
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nplusk-'))
})
afterAll(() => rm(folder, { recursive: true }))

const input = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], channels: 'RGB' } as const

describe.each<[string, LoadedModel, RegExp, number]>([
  ['quantised dynamically', dynamicallyQuantised(), /DynamicQuantizeLinear takes its range over all pictures/, 7],
  ['made for one picture', forOnePicture(), /made for one picture at a time/, 5],
])('a classifier %s', (name, original, reason, classes) => {
  const place = (what: string) => join(folder, `${name.replaceAll(' ', '-')}-${what}`)
  const said: string[] = []

  beforeAll(async () => {
    const file = place('net.onnx')
    await writeFile(file, encodeModel(original))
    const onProgress = (event: object) => {
      if ('message' in event) said.push(String(event.message))
    }
    const call = { cacheDir: place('cache'), rehearsal: 'none', augment: 0, onProgress }
    await extendModel({ ...call, model: file, input, add: ['fixtures/flowers'], out: place('bundle') })
    // From the bundle, which keeps what was found out.
    await extendModel({
      ...call,
      model: place('bundle'),
      add: ['fixtures/flowers-test'],
      name: 'more',
      overlap: 'separate',
    })
  })

  test('is found out, and one line says so', async () => {
    const { batchCoupling } = await inspectModel({ file: place('net.onnx'), input, cacheDir: place('cache') })
    expect(batchCoupling?.reason).toMatch(reason)
    const lines = said.filter((line) => line.includes('one picture at a time'))
    expect(lines).toEqual([expect.stringMatching(reason)])
  })

  test('keeps every bit of its logits in the bundle, alone and among others', async () => {
    const bundle = await readBundle(place('bundle'))
    expect(bundle.manifest.backbone.oneByOne).toMatch(reason)
    const { preprocess } = bundle.manifest
    const backbone = await bundle.backbone()
    expect(backbone.oneByOne).toBe(bundle.manifest.backbone.oneByOne)
    const files = (await listImages('fixtures/flowers')).slice(0, 5)
    const pictures = await Promise.all(files.map((one) => loadImage(one, preprocess)))
    const session = await openSession(await bundle.model())
    try {
      const run = async (some: readonly Uint8Array[]) => {
        const image = { dims: [some.length, 8, 8, 3], data: Uint8Array.from(some.flatMap((one) => [...one])) }
        return (await session.run({ image }, ['logits'])).logits!.data as Float32Array
      }
      const together = await run(pictures)
      const width = together.length / pictures.length
      for (const [i, picture] of pictures.entries()) {
        const own = (await logitsOfBoth(original, decodeModel(backbone.graph), picture, 8, 8)).original
        expect(together.subarray(i * width, i * width + classes)).toEqual(own)
        expect((await run([picture])).subarray(0, classes)).toEqual(own)
      }
    } finally {
      await session.close()
    }
  })

  test('is exported so that nobody waits for a batch, and the card says why', async () => {
    for (const format of ['triton', 'transformers', 'onnx'] as const) {
      const out = place(format === 'onnx' ? 'export.onnx' : format)
      const result = await exportModel({ model: place('bundle'), format, out })
      expect(result.oneByOne).toMatch(reason)
      if (format === 'onnx') continue
      const card = JSON.parse(await readFile(join(result.out, 'nplusk.json'), 'utf8')) as { oneByOne: string }
      expect(card.oneByOne).toMatch(reason)
    }
    const config = await readFile(join(place('triton'), `${name.replaceAll(' ', '-')}-bundle`, 'config.pbtxt'), 'utf8')
    expect(config).toMatch(/max_batch_size: 32/)
    expect(config).not.toMatch(/dynamic_batching/)
    await expect(
      exportModel({ model: place('bundle'), format: 'onnx', out: place('half.onnx'), precision: 'float16' }),
    ).rejects.toMatchObject({ code: 'BAD_MODEL', message: expect.stringMatching(/one picture at a time/) })
  })
})
