import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { graphModel, node, setMetadata, valueInfo } from '../../src/onnx/build.js'
import { encodeModel } from '../../src/onnx/model.js'
import { readMetadata } from '../../src/onnx/read-metadata.js'
import { DataType, floatTensor } from '../../src/onnx/tensor.js'
import { temporaryFolder } from '../support/temporary-folder.js'

function encoded(entries: Readonly<Record<string, string>>): Uint8Array {
  const model = graphModel({
    name: 'tiny',
    opset: 17,
    inputs: [valueInfo('x', DataType.FLOAT, [300])],
    outputs: [valueInfo('y', DataType.FLOAT, [300])],
    nodes: [node('Add', ['x', 'w'], 'y')],
    // Long enough that its length takes several bytes.
    initializers: [floatTensor('w', [300], new Array<number>(300).fill(0.5))],
  })
  for (const [key, value] of Object.entries(entries)) setMetadata(model, key, value)
  return encodeModel(model)
}

const folder = temporaryFolder()

async function read(content: Uint8Array, key: string): Promise<string | undefined> {
  const path = join(folder(), 'model.onnx')
  await writeFile(path, content)
  const file = await open(path)
  try {
    return await readMetadata(file, key)
  } finally {
    await file.close()
  }
}

describe('readMetadata', () => {
  test('finds an entry among others, of any length and script', async () => {
    const long = 'Wäldchen 森 '.repeat(5000)
    const model = encoded({ first: 'a', wanted: long, empty: '' })
    expect(await read(model, 'first')).toBe('a')
    expect(await read(model, 'wanted')).toBe(long)
    expect(await read(model, 'empty')).toBe('')
  })

  test('gives nothing for a key that is not there', async () => {
    expect(await read(encoded({ wanted: 'a' }), 'other')).toBeUndefined()
    expect(await read(encoded({}), 'wanted')).toBeUndefined()
  })

  test('refuses a file that was cut off in the middle of a field, and never gives a part of an entry', async () => {
    const model = encoded({ wanted: 'a' })
    await expect(read(model.subarray(0, model.length / 2), 'wanted')).rejects.toThrow(RangeError)
    const tail = encoded({}).length
    for (let length = tail - 20; length < model.length; length++) {
      const found = await read(model.subarray(0, length), 'wanted').catch((error: unknown) => error)
      expect(found === undefined || found instanceof RangeError).toBe(true)
    }
  })

  test('refuses what is no ONNX file', async () => {
    await expect(read(new Uint8Array(), 'wanted')).rejects.toThrow(RangeError)
    await expect(read(new TextEncoder().encode('{"format": 1}'), 'wanted')).rejects.toThrow(RangeError)
  })
})
