import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { loadImage } from '../../src/image/decode.js'
import { fileBackbone } from '../../src/classifier/file-backbone.js'
import { locateHead } from '../../src/locate/locate.js'
import { decodeModel } from '../../src/onnx/model.js'
import { openSession } from '../../src/runtime/session.js'
import { logitsOfBoth } from '../support/base-logits.js'

const folder = '../shared/models/wild'
const runtimeRounding = 1e-4

/** What `wild/README.md` says of each file. */
const expected: Record<string, { file: string; location: object; coupled?: string }> = {
  '10-gtsrb-wrong-convention': {
    file: 'model.onnx',
    location: { classes: 43, kind: 'Gemm', bottleneck: { size: 128 } },
  },
  '29-two-class-1000se': { file: 'model.onnx', location: { classes: 2, kind: 'Gemm', bottleneck: { size: 64 } } },
  '33-qoperator-int8': { file: 'model_int8.onnx', location: { classes: 10, kind: 'QGemm', bottleneck: { size: 128 } } },
  '44-dynamic-int8-batch': {
    file: 'model_uint8.onnx',
    location: { classes: 1000, kind: 'MatMulInteger+Add', bottleneck: { size: 1280 } },
    coupled: 'DynamicQuantizeLinear',
  },
}

const isHere = existsSync(folder)
const describeHere = isHere ? describe : describe.skip
const title = isHere
  ? 'a classifier as people publish them'
  : 'a classifier as people publish them (../shared is absent)'

describeHere(title, () => {
  test('with one channel and a batch of 1 has its head found', () => {
    const file = `${folder}/01-one-channel/mnist.onnx`
    expect(locateHead(decodeModel(readFileSync(file)))).toMatchObject({
      input: { layout: 'NCHW', channels: 1, width: 28, height: 28, batch: 1 },
      classes: 10,
      kind: 'MatMul+Add',
      bottleneck: { size: 256 },
      taps: [{ size: 8 }],
    })
  })

  test.each(Object.entries(expected))(
    '%s: its logits are the file’s own, bit for bit, alone and among others',
    async (name, { file, location, coupled }) => {
      const path = `${folder}/${name}/${file}`
      // How it is scaled is another matter.
      const input = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], channels: 'RGB' } as const
      const { backbone, source, change, coupling } = await fileBackbone(path, { input })
      expect(source.location).toMatchObject(location)
      expect(source.location.taps.length).toBeGreaterThan(0)
      expect(coupling?.operator).toBe(coupled)
      expect(backbone.oneByOne === undefined).toBe(coupled === undefined)
      expect(change).toBe(0)

      const original = decodeModel(readFileSync(path))
      const prepared = decodeModel(backbone.graph)
      const { width, height } = backbone.preprocess
      const files = ['flowers/poppy/01.jpg', 'objects/banana.jpg', 'flowers/orchid/02.jpg'].filter((one) =>
        existsSync(`fixtures/${one}`),
      )
      const pictures = await Promise.all(files.map((one) => loadImage(`fixtures/${one}`, backbone.preprocess)))
      pictures.push(new Uint8Array(width * height * 3))
      expect(pictures.length).toBeGreaterThan(2)
      const own: Float32Array[] = []
      for (const picture of pictures) {
        const both = await logitsOfBoth(original, prepared, picture, width, height)
        expect(both.prepared).toEqual(both.original)
        own.push(both.original)
      }
      const session = await openSession(backbone.graph)
      const data = Uint8Array.from(pictures.flatMap((picture) => [...picture]))
      const image = { dims: [pictures.length, height, width, 3], data }
      const { base_logits: together } = await session.run({ image }, ['base_logits'])
      await session.close()
      const values = together!.data as Float32Array
      own.forEach((alone, i) => {
        const among = values.subarray(i * alone.length, (i + 1) * alone.length)
        if (coupled) expect(among).toEqual(alone)
        else alone.forEach((value, c) => expect(Math.abs(value - among[c]!)).toBeLessThan(runtimeRounding))
      })
    },
  )
})
