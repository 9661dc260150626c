import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createRandom } from '../../../src/math/random.js'
import { byteElements, encodedInput, send, withBytes, type Sent } from './requests.js'
import { tinyService, type TinyService } from './tiny-service.js'

let service: TinyService
let picture: Buffer

beforeAll(async () => {
  service = await tinyService({ imagesPerRequest: 5, bodyBytes: 200_000 })
  picture = service.pictures[0]!
})

afterAll(async () => service[Symbol.asyncDispose]())

async function refusal(request: Sent) {
  const response = await send(`${service.url}/v2/models/bundle/infer`, request)
  const { error, ...rest } = response.json() as { error: string }
  expect(rest).toEqual({})
  return { status: response.status, error }
}

const bytesInput = { name: 'image', shape: [1], datatype: 'BYTES' }
const pixels = { name: 'image', shape: [1, 8, 8, 3], datatype: 'UINT8' }
const data192 = new Array<number>(192).fill(7)

describe('a request is refused with the field that is wrong', () => {
  const good = () => encodedInput([picture])
  const inputs = (input: object) => () => ({ inputs: [{ ...good(), ...input }] })
  test.each<readonly [string, () => unknown, RegExp]>([
    ['no object', () => [], /The request must be a JSON object/],
    ['no inputs', () => ({}), /^inputs must be an array/],
    ['an input that is none', () => ({ inputs: [3] }), /^inputs\[0\] must be an object/],
    ['an id that is no string', () => ({ id: 7, inputs: [good()] }), /^id must be a string/],
    ['parameters that are none', () => ({ parameters: 3, inputs: [good()] }), /^parameters must be an object/],
    ['no input', () => ({ inputs: [] }), /one input, image/],
    ['two inputs', () => ({ inputs: [good(), good()] }), /one input, image/],
    ['another input', inputs({ name: 'x' }), /one input, image/],
    ['no name', inputs({ name: 5 }), /^inputs\[0\]\.name must be/],
    ['no datatype', inputs({ datatype: null }), /^inputs\[0\]\.datatype must be/],
    ['another datatype', inputs({ datatype: 'FP32' }), /BYTES.*UINT8/],
    ['a shape that is none', inputs({ shape: 'x' }), /^inputs\[0\]\.shape must be/],
    ['a negative dimension', inputs({ shape: [-1] }), /^inputs\[0\]\.shape must be/],
    ['half a dimension', inputs({ shape: [1.5] }), /^inputs\[0\]\.shape must be/],
    ['no dimension', inputs({ shape: [] }), /must be \[N\]/],
    ['two dimensions', inputs({ shape: [1, 1] }), /must be \[N\]/],
    ['no pictures', inputs({ shape: [0], data: [] }), /at least 1/],
    ['more pictures than data', inputs({ shape: [2] }), /says 2 pictures, and its data has 1/],
    ['data that is none', inputs({ data: 'x' }), /^inputs\[0\]\.data must be an array/],
    ['neither data nor bytes', inputs({ data: undefined }), /either data or/],
    ['data and bytes', inputs({ parameters: { binary_data_size: 0 } }), /either data or/],
    ['a picture that is no text', inputs({ data: [5] }), /base64/],
    ['a picture that is no base64', inputs({ data: ['\u00ff\u00d8'] }), /base64/],
    ['half of base64', inputs({ data: ['abc'] }), /base64/],
    ['shared memory', inputs({ parameters: { shared_memory_region: 'a' } }), /shared memory/],
    ['no pixels of its size', inputs({ ...pixels, shape: [1, 9, 8, 3], data: data192 }), /\[N, 8, 8, 3\]/],
    ['pixels by channel', inputs({ ...pixels, shape: [1, 3, 8, 8], data: data192 }), /\[N, 8, 8, 3\]/],
    ['too few pixels', inputs({ ...pixels, data: [1, 2, 3] }), /says 192 values, and its data has 3/],
    ['a pixel of 256', inputs({ ...pixels, data: data192.with(5, 256) }), /0\.\.255/],
    ['half a pixel', inputs({ ...pixels, data: data192.with(5, 0.5) }), /0\.\.255/],
    ['a pixel of text', inputs({ ...pixels, data: [...data192.slice(1), '1'] }), /0\.\.255/],
    ['pixels nested otherwise', inputs({ ...pixels, data: [data192] }), /Nested data/],
    ['pixels nested deeper', inputs({ ...pixels, data: [[...Array(8)].map(() => [[[1]]])] }), /Nested data/],
    ['another output', () => ({ inputs: [good()], outputs: [{ name: 'x' }] }), /outputs\[0\].*probabilities/],
    ['an output twice', () => ({ inputs: [good()], outputs: [{ name: 'label' }, { name: 'label' }] }), /second time/],
    ['an output that is none', () => ({ inputs: [good()], outputs: ['label'] }), /^outputs\[0\] must be an object/],
    [
      'the best of labels',
      () => ({ inputs: [good()], outputs: [{ name: 'label', parameters: { classification: 2 } }] }),
      /not of label/,
    ],
    [
      'no number of classes',
      () => ({ inputs: [good()], outputs: [{ name: 'logits', parameters: { classification: '2' } }] }),
      /classification must be/,
    ],
    [
      'a choice that is none',
      () => ({ inputs: [good()], outputs: [{ name: 'logits', parameters: { binary_data: 1 } }] }),
      /binary_data must be true or false/,
    ],
    [
      'a choice for all that is none',
      () => ({ inputs: [good()], parameters: { binary_data_output: 'yes' } }),
      /parameters\.binary_data_output must be true or false/,
    ],
  ])('%s', async (_, payload, message) => {
    expect(await refusal({ payload: payload() as object })).toEqual({
      status: 400,
      error: expect.stringMatching(message),
    })
  })

  test.each<readonly [string, () => { payload: Buffer; headers: Record<string, string> }, RegExp]>([
    ['more bytes than there are', () => bytes(1000, Buffer.alloc(10)), /of which the body has 10 left/],
    ['bytes left over', () => bytes(10, Buffer.alloc(12)), /leaves 2 bytes/],
    ['bytes of no elements', () => bytes(3, Buffer.alloc(3)), /4 little-endian bytes/],
    ['a size that is none', () => bytes(-1, Buffer.alloc(0)), /must be a number of bytes/],
    ['half a size', () => bytes(1.5, Buffer.alloc(2)), /must be a number of bytes/],
    ['a header beyond the end', () => header('999999'), /Inference-Header-Content-Length/],
    ['a header that is no length', () => header('-1'), /Inference-Header-Content-Length/],
    ['a header that is too short', () => header('3'), /The body must be a JSON object/],
  ])('%s', async (_, request, message) => {
    expect(await refusal(request())).toEqual({ status: 400, error: expect.stringMatching(message) })
  })

  function bytes(size: number, data: Buffer) {
    return withBytes({ inputs: [{ ...bytesInput, parameters: { binary_data_size: size } }] }, data)
  }

  function header(length: string) {
    const { payload } = withBytes({ inputs: [good()] })
    return { payload, headers: { 'inference-header-content-length': length } }
  }
})

describe('a request is refused', () => {
  test('for text that is no JSON, or no text, or not there', async () => {
    for (const payload of ['{"inputs"', Buffer.from([0x22, 0xff, 0xfe, 0x22]), '']) {
      expect(await refusal({ payload })).toEqual({ status: 400, error: expect.stringContaining('JSON object') })
    }
  })

  test('with more pictures, or more bytes, than it may have', async () => {
    const many = encodedInput(Array.from({ length: 6 }, () => picture))
    expect(await refusal({ payload: { inputs: [many] } })).toEqual({ status: 413, error: expect.stringContaining('5') })
    expect((await refusal({ payload: Buffer.alloc(300_000, ' ') })).status).toBe(413)
    // A bomb is not unpacked beyond the limit.
    const bomb = gzipSync(Buffer.alloc(20_000_000, ' '))
    const { status } = await refusal({ payload: bomb, headers: { 'content-encoding': 'gzip' } })
    expect({ size: bomb.length < 200_000, status }).toEqual({ size: true, status: 413 })
  })

  test('of brackets, digits or objects alone, which would be gigabytes once they are read', async () => {
    await using roomy = await tinyService({ imagesPerRequest: 5, bodyBytes: 2 ** 23 })
    const headers = { 'content-encoding': 'gzip' }
    for (const [fill, of] of Object.entries({ '[': 'values', '0,': 'values', '{},': 'objects' })) {
      const payload = gzipSync(Buffer.alloc(2 ** 23, fill))
      const { status, json } = await send(`${roomy.url}/v2/models/bundle/infer`, { payload, headers })
      expect({ status, ...(json() as object) }).toEqual({ status: 413, error: expect.stringContaining(of) })
    }
  })

  test('whose compression is not what it says, or unknown', async () => {
    const payload = Buffer.from('{}')
    expect((await refusal({ payload, headers: { 'content-encoding': 'gzip' } })).status).toBe(400)
    expect((await refusal({ payload, headers: { 'content-encoding': 'br' } })).status).toBe(415)
  })

  test('for a picture that cannot be read, which is named among several', async () => {
    const data = byteElements([picture, Buffer.from('no picture')])
    const input = { ...bytesInput, shape: [2], parameters: { binary_data_size: data.length } }
    expect(await refusal(withBytes({ inputs: [input] }, data))).toEqual({
      status: 422,
      error: expect.stringMatching(/^Element 1 of image: The picture cannot be used: .*text file/),
    })
    expect((await refusal({ payload: { inputs: [encodedInput([Buffer.alloc(0)])] } })).status).toBe(422)
  })

  test('without a failure of the server, whatever bytes it is', async () => {
    const random = createRandom('requests')
    const data = byteElements([picture])
    const input = { ...bytesInput, parameters: { binary_data_size: data.length } }
    const { payload, headers } = withBytes({ id: 'a', inputs: [input], outputs: [{ name: 'label' }] }, data)
    const json = Number(headers['inference-header-content-length'])
    const statuses = new Set<number>()
    for (let i = 0; i < 400; i++) {
      const damaged = Buffer.from(payload)
      for (let n = 1 + random.integer(3); n > 0; n--) {
        damaged[random.integer(i % 2 === 0 ? json : damaged.length)] = random.integer(256)
      }
      const response = await send(`${service.url}/v2/models/bundle/infer`, {
        payload: i % 5 === 0 ? damaged.subarray(0, random.integer(damaged.length)) : damaged,
        headers: i % 7 === 0 ? {} : headers,
      })
      statuses.add(response.status)
      if (response.status !== 200) expect(response.json()).toEqual({ error: expect.any(String) })
    }
    expect([...statuses].sort()).toEqual([200, 400, 422])
  })
})
