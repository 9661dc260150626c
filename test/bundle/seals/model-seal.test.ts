import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { sealed, sealKey, sealOn, sealOnFile, withoutSeal, type Seal } from '../../../src/bundle/seals/model-seal.js'
import { getMetadata, graphModel, node, valueInfo } from '../../../src/onnx/build.js'
import { decodeModel, encodeModel } from '../../../src/onnx/model.js'
import { DataType, floatTensor } from '../../../src/onnx/tensor.js'
import { openSession } from '../../../src/runtime/session.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const folder = temporaryFolder()
const bare = encodeModel(
  graphModel({
    name: 'sum',
    opset: 17,
    inputs: [valueInfo('x', DataType.FLOAT, [500])],
    outputs: [valueInfo('y', DataType.FLOAT, [500])],
    nodes: [node('Add', ['x', 'w'], 'y')],
    initializers: [
      floatTensor(
        'w',
        [500],
        Float32Array.from({ length: 500 }, (_, i) => i),
      ),
    ],
  }),
)
const model = sealed(bare)

async function onFile(bytes: Uint8Array): Promise<Seal> {
  const path = join(folder(), 'model.onnx')
  await writeFile(path, bytes)
  const file = await open(path)
  try {
    return await sealOnFile(file)
  } finally {
    await file.close()
  }
}

describe('a seal', () => {
  test('is the last entry of the metadata, with the hash of all bytes before it', () => {
    expect(Buffer.from(model.subarray(0, bare.length)).equals(bare)).toBe(true)
    const entries = decodeModel(model).metadataProps
    expect(entries.at(-1)).toMatchObject({
      key: 'nplusk.sha256',
      value: createHash('sha256').update(bare).digest('hex'),
    })
    expect(getMetadata(decodeModel(bare), sealKey)).toBeUndefined()
  })

  test('is read by ONNX Runtime as metadata, and takes part in nothing', async () => {
    await using session = await openSession(model)
    const { y } = await session.run({ x: { dims: [500], data: new Float32Array(500).fill(1) } }, ['y'])
    expect([...y!.data].slice(0, 3)).toEqual([1, 2, 3])
  })

  const python = '/usr/bin/python3'
  const hasOnnx = spawnSync(python, ['-c', 'import onnx']).status === 0
  ;(hasOnnx ? test : test.skip)(
    `is taken by the reference implementation${hasOnnx ? '' : ' (skipped: Debian package python3-onnx is not here)'}`,
    async () => {
      const path = join(folder(), 'model.onnx')
      await writeFile(path, model)
      const program =
        'import sys, onnx; m = onnx.load(sys.argv[1]); onnx.checker.check_model(m); print(m.metadata_props[-1].key)'
      const { status, stdout } = spawnSync(python, ['-c', program, path], { encoding: 'utf8' })
      expect({ status, stdout }).toEqual({ status: 0, stdout: 'nplusk.sha256\n' })
    },
  )

  test('is renewed, never doubled', () => {
    expect(Buffer.compare(sealed(model), model)).toBe(0)
    expect(Buffer.compare(withoutSeal(model), bare)).toBe(0)
    expect(withoutSeal(bare)).toBe(bare)
  })

  test('breaks with any bit of the bytes before it, and is none with a bit of its own name', async () => {
    expect([sealOn(model), await onFile(model)]).toEqual(['whole', 'whole'])
    expect([sealOn(bare), await onFile(bare)]).toEqual(['none', 'none'])
    const ends: Seal[] = []
    for (let byte = 0; byte < model.length; byte += byte < bare.length - 40 ? 31 : 1) {
      const flipped = Uint8Array.from(model)
      flipped[byte]! ^= 1 << (byte & 7)
      const seal = sealOn(flipped)
      expect(await onFile(flipped)).toBe(seal)
      if (byte < bare.length) expect(seal).toBe('broken')
      else ends.push(seal)
    }
    expect(new Set(ends.slice(0, -64))).toEqual(new Set(['none']))
    expect(new Set(ends.slice(-64))).toEqual(new Set(['broken']))
  })

  test('of a file that is shorter than a seal is none', async () => {
    for (const length of [0, 10, 82]) {
      const end = model.subarray(model.length - length)
      expect([sealOn(end), await onFile(end)]).toEqual(['none', 'none'])
    }
  })

  test('covers files of more than one block', async () => {
    const large = sealed(Buffer.alloc(2 ** 21 + 5, 7))
    expect(await onFile(large)).toBe('whole')
    large[2 ** 20 + 1]! ^= 1
    expect(await onFile(large)).toBe('broken')
  })
})
