import { describe, expect, test } from '@jest/globals'
import { tensorChunks, type Tensors } from '../../src/bundle/safetensors.js'
import { decodeTensors } from '../../src/bundle/seals/sealed-tensors.js'

const tensors = {
  scores: { dims: [3], data: Float32Array.of(1.5, -2, 0) },
  classes: { dims: [2], data: Int32Array.of(-1, 2 ** 31 - 1) },
  halves: { dims: [2, 1], data: Uint16Array.of(0x3c00, 0xc000) },
  bytes: { dims: [1, 3], data: Uint8Array.of(0, 127, 255) },
}
const metadata = { base: 'ab', source: 'naïve' }

/** A file without a seal, so that every fault is found by what it is. */
function encodeTensors(all: Tensors, about: Readonly<Record<string, string>> = {}): Uint8Array {
  return Buffer.concat([...tensorChunks(all, about)])
}

describe('safetensors', () => {
  test('comes back as it was', () => {
    expect(decodeTensors(encodeTensors(tensors, metadata), 'a.safetensors')).toMatchObject({ tensors, metadata })
    expect(decodeTensors(encodeTensors({}), 'a.safetensors')).toMatchObject({ tensors: {}, metadata: {} })
    const empty = { none: { dims: [0, 4], data: new Float32Array(0) } }
    expect(decodeTensors(encodeTensors(empty), 'a.safetensors').tensors).toEqual(empty)
  })

  test("has the format's layout: length of the header, JSON, then the data at its offsets, little-endian", () => {
    const bytes = Buffer.from(encodeTensors(tensors, metadata))
    const length = Number(bytes.readBigUInt64LE(0))
    expect(length % 8).toBe(0)
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, unknown>
    expect(header).toEqual({
      __metadata__: metadata,
      scores: { dtype: 'F32', shape: [3], data_offsets: [0, 12] },
      classes: { dtype: 'I32', shape: [2], data_offsets: [12, 20] },
      halves: { dtype: 'F16', shape: [2, 1], data_offsets: [20, 24] },
      bytes: { dtype: 'U8', shape: [1, 3], data_offsets: [24, 27] },
    })
    const data = bytes.subarray(8 + length)
    expect(data).toHaveLength(27)
    expect([data.readFloatLE(0), data.readFloatLE(4)]).toEqual([1.5, -2])
    expect(data.readInt32LE(16)).toBe(2 ** 31 - 1)
    expect(data.readUInt16LE(22)).toBe(0xc000)
    expect([...data.subarray(24)]).toEqual([0, 127, 255])
  })

  test('reads what another program wrote: a header without padding, and no metadata', () => {
    const header = '{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
    const bytes = Buffer.alloc(8 + header.length + 8)
    bytes.writeBigUInt64LE(BigInt(header.length))
    bytes.write(header, 8)
    bytes.writeFloatLE(0.5, 8 + header.length)
    bytes.writeFloatLE(-7, 12 + header.length)
    expect(decodeTensors(bytes, 'a.safetensors')).toMatchObject({
      tensors: { w: { dims: [2], data: Float32Array.of(0.5, -7) } },
      metadata: {},
    })
  })

  test('reads views that lie anywhere in a Buffer, and writes the array alone', () => {
    const part = { w: { dims: [2], data: Float32Array.of(9, 1, 2, 9).subarray(1, 3) } }
    const bytes = encodeTensors(part)
    const shifted = Buffer.concat([Buffer.alloc(3), bytes, Buffer.alloc(5)]).subarray(3, 3 + bytes.length)
    expect(decodeTensors(shifted, 'a.safetensors').tensors).toEqual({ w: { dims: [2], data: Float32Array.of(1, 2) } })
  })

  test('gives copies', () => {
    const bytes = encodeTensors(tensors)
    const read = decodeTensors(bytes, 'a.safetensors')
    bytes.fill(0)
    expect(read.tensors).toEqual(tensors)
  })

  const whole = encodeTensors(tensors, metadata)
  const rewritten = (change: (json: string) => string) => {
    const length = Number(Buffer.from(whole).readBigUInt64LE(0))
    const json = Buffer.from(change(Buffer.from(whole.subarray(8, 8 + length)).toString()))
    const start = Buffer.alloc(8)
    start.writeBigUInt64LE(BigInt(json.length))
    return Buffer.concat([start, json, whole.subarray(8 + length)])
  }
  test.each<[string, Uint8Array]>([
    ['empty', new Uint8Array(0)],
    ['shorter than its length', Uint8Array.of(1, 2, 3)],
    ['cut off in the header', whole.subarray(0, 40)],
    ['cut off in the data', whole.subarray(0, whole.length - 1)],
    ['no JSON', rewritten(() => 'nothing')],
    ['of a type that is not known', rewritten((json) => json.replace('F32', 'Q4'))],
    ['with a shape that does not fit', rewritten((json) => json.replace('"shape":[3]', '"shape":[4]'))],
    ['with offsets that do not fit', rewritten((json) => json.replace('[0,12]', '[0,11]'))],
    ['with an entry that is none', rewritten((json) => json.replace('"shape":[3],', ''))],
    ['with a header that is null', rewritten(() => 'null')],
    ['with a header that is a list', rewritten(() => '[1]')],
    ['with an entry that is null', rewritten((json) => json.replace('{', '{"w":null,'))],
    ['with a shape that is no list', rewritten((json) => json.replace('"shape":[3]', '"shape":3'))],
    ['with a shape of texts', rewritten((json) => json.replace('"shape":[3]', '"shape":["3"]'))],
    ['with a shape below nothing', rewritten((json) => json.replace('"shape":[1,3]', '"shape":[-1,-3]'))],
    ['with offsets below nothing', rewritten((json) => json.replace('[0,12]', '[-12,0]'))],
    ['with a type out of the language', rewritten((json) => json.replace('F32', 'constructor'))],
    ['with metadata that is no text', rewritten((json) => json.replace('"base":"ab"', '"base":7'))],
  ])('names the file that is %s', (_, bytes) => {
    expect(() => decodeTensors(bytes, 'features.safetensors')).toThrow(
      expect.objectContaining({
        code: 'BAD_BUNDLE',
        message: 'features.safetensors is damaged; restore it from a copy, or build the bundle again.',
      }),
    )
  })
})
