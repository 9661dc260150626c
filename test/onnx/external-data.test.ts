import { create } from '@bufbuild/protobuf'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { headWeights, locateHead } from '../../src/model/locate.js'
import { loadExternalData } from '../../src/onnx/external-data.js'
import { StringStringEntryProtoSchema, TensorProto_DataLocation } from '../../src/onnx/generated/onnx_pb.js'
import { cloneModel, decodeModel, encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { headModel } from '../support/tiny-models/heads.js'

const inside = headModel('Gemm, kernel as [size, classes]').model

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'external-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** The model with its initialisers in one file, each at an offset. */
function moveOut(location: string): { model: LoadedModel; data: Buffer } {
  const model = cloneModel(inside)
  const parts: Uint8Array[] = []
  let offset = 0
  model.graph.initializer = model.graph.initializer.map((tensor) => {
    const entries = {
      location,
      offset: String(offset),
      length: String(tensor.rawData.length),
    }
    parts.push(tensor.rawData)
    offset += tensor.rawData.length
    const externalData = Object.entries(entries).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    )
    return {
      ...tensor,
      rawData: new Uint8Array(),
      externalData,
      dataLocation: TensorProto_DataLocation.EXTERNAL,
    }
  })
  return { model: decodeModel(encodeModel(model)), data: Buffer.concat(parts) }
}

describe('loadExternalData', () => {
  test('brings weights from a file beside the model, or below its folder', async () => {
    for (const location of ['model.onnx.data', 'weights/part']) {
      const { model, data } = moveOut(location)
      await mkdir(join(folder, 'weights'), { recursive: true })
      await writeFile(join(folder, location), data)
      const loaded = await loadExternalData(model, folder)
      expect(encodeModel(loaded)).toEqual(encodeModel(inside))
      expect(() => headWeights(model, locateHead(model))).toThrow(/lies in an external file/)
    }
  })

  test('leaves a model that stands alone as it is', async () => {
    expect(await loadExternalData(inside, folder)).toBe(inside)
  })

  test.each(['../secret', '/etc/passwd', 'weights/../../secret', '..\\secret', 'C:\\secret', ''])(
    'refuses the location "%s"',
    async (location) => {
      await expect(loadExternalData(moveOut(location).model, folder)).rejects.toMatchObject({
        code: 'BAD_MODEL',
        message: expect.stringContaining('refused'),
      })
    },
  )

  test('names a file that is missing or too short', async () => {
    const { model, data } = moveOut('gone.data')
    await expect(loadExternalData(model, folder)).rejects.toMatchObject({
      code: 'BAD_MODEL',
      message: expect.stringContaining('gone.data'),
    })
    await writeFile(join(folder, 'gone.data'), data.subarray(0, data.length - 1))
    await expect(loadExternalData(model, folder)).rejects.toMatchObject({
      code: 'BAD_MODEL',
      message: expect.stringContaining('does not hold them'),
    })
  })

  test('allocates nothing for a tensor that claims an impossible size', async () => {
    const { model, data } = moveOut('model.data')
    await writeFile(join(folder, 'model.data'), data)
    model.graph.initializer[0] = {
      ...model.graph.initializer[0]!,
      dims: [2n ** 20n, 2n ** 20n],
    }
    await expect(loadExternalData(model, folder)).rejects.toMatchObject({
      code: 'BAD_MODEL',
      message: expect.stringContaining('2 GiB'),
    })
  })
})
