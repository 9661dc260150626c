import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { headWeights, locateHead } from '../../src/locate/locate.js'
import { loadExternalData } from '../../src/onnx/external-data.js'
import { encodeModel } from '../../src/onnx/model.js'
import { movedOut } from '../support/tiny-models/external.js'
import { headModel } from '../support/tiny-models/heads.js'

const inside = headModel('Gemm, kernel as [size, classes]').model

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'external-'))
})
afterEach(() => rm(folder, { recursive: true }))

const moveOut = (location: string) => movedOut(inside, location)

describe('loadExternalData', () => {
  test('brings weights from a file beside the model, or below its folder', async () => {
    for (const location of ['model.onnx.data', 'weights/part']) {
      const { model, data } = moveOut(location)
      await mkdir(join(folder, 'weights'), { recursive: true })
      await writeFile(join(folder, location), data)
      const loaded = await loadExternalData(model, folder)
      expect(encodeModel(loaded)).toEqual(encodeModel(inside))
      // Not in the file, which leaves the defaults.
      expect([loaded.docString, loaded.graph.docString]).toEqual(['', ''])
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

  test.each(['.', './', './.', 'weights', 'weights/.', 'a//b'])(
    'refuses the location "%s", which is no file',
    async (location) => {
      await mkdir(join(folder, 'weights'))
      await expect(loadExternalData(moveOut(location).model, folder)).rejects.toMatchObject({ code: 'BAD_MODEL' })
    },
  )

  test('refuses links that lead out of the folder, and follows those that do not', async () => {
    const { model, data } = moveOut('link.data')
    const own = join(folder, 'own')
    await mkdir(own)
    await writeFile(join(folder, 'secret'), data)
    await symlink(join('..', 'secret'), join(own, 'link.data'))
    await expect(loadExternalData(model, own)).rejects.toMatchObject({
      code: 'BAD_MODEL',
      message: expect.stringContaining('"link.data", outside the model\'s folder: that is refused'),
    })
    await rm(join(own, 'link.data'))
    await symlink('..', join(own, 'up'))
    await expect(loadExternalData(moveOut('up/secret').model, own)).rejects.toThrow('refused')
    await writeFile(join(own, 'real.data'), data)
    await symlink('real.data', join(own, 'link.data'))
    expect(encodeModel(await loadExternalData(model, own))).toEqual(encodeModel(inside))
  })

  test('follows links to where the model itself lies, as in the cache of the hub', async () => {
    const { model, data } = moveOut('model.onnx_data')
    const [blobs, snapshot] = [join(folder, 'blobs'), join(folder, 'snapshots', 'abc')]
    await mkdir(blobs)
    await mkdir(snapshot, { recursive: true })
    await writeFile(join(blobs, 'one'), encodeModel(model))
    await writeFile(join(blobs, 'two'), data)
    await symlink(join(blobs, 'one'), join(snapshot, 'model.onnx'))
    await symlink(join(blobs, 'two'), join(snapshot, 'model.onnx_data'))
    const loaded = await loadExternalData(model, snapshot, join(snapshot, 'model.onnx'))
    expect(encodeModel(loaded)).toEqual(encodeModel(inside))
  })

  test('brings numbers of 4 bits, two to a byte, and floats of 8', async () => {
    await writeFile(join(folder, 'model.data'), Uint8Array.of(1, 2, 3))
    const kept = async (dataType: number, dims: bigint[]) => {
      const { model } = moveOut('model.data')
      model.graph.initializer.splice(1)
      const [tensor] = model.graph.initializer
      tensor!.externalData = tensor!.externalData.filter(({ key }) => key === 'location')
      Object.assign(tensor!, { dataType, dims })
      return [...(await loadExternalData(model, folder)).graph.initializer[0]!.rawData]
    }
    expect(await kept(22, [5n])).toEqual([1, 2, 3])
    expect(await kept(17, [3n])).toEqual([1, 2, 3])
  })

  test('names a file that is missing or too short', async () => {
    const { model, data } = moveOut('gone.data')
    await expect(loadExternalData(model, folder)).rejects.toMatchObject({
      code: 'BAD_MODEL',
      message: "The model's weights lie in gone.data, which is not beside it: put both into one folder, and give that.",
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
