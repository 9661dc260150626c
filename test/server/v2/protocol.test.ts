import { renameSync } from 'node:fs'
import { gzipSync, deflateSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { decodeViews } from '../../../src/image/decode.js'
import { plainView } from '../../../src/image/types.js'
import { loadClassifier } from '../../../src/workflow/classifier.js'
import { byteElements, encodedInput, readAnswer, send, withBytes, type Answer, type Sent } from './requests.js'
import { tinyService, type TinyService } from './tiny-service.js'

// Requests are written from the specification (inference_rest.md) and from Triton's extensions for binary data and
// classification; what must come out is what the library says of the same files.

let service: TinyService
/** What the library says: of every file its classes by falling probability. */
let known: readonly { readonly label: string; readonly probabilities: readonly number[] }[]
let labels: readonly string[]

beforeAll(async () => {
  service = await tinyService()
  const classifier = await loadClassifier({ model: service.bundle, device: 'cpu' })
  labels = classifier.labels.map(({ label }) => label)
  const results = []
  for await (const result of classifier.classify(service.files, { top: labels.length })) {
    if ('error' in result) throw new Error(result.error)
    const probabilities = new Array<number>(labels.length)
    for (const { index, probability } of result.predictions) probabilities[index] = probability
    results.push({ label: result.predictions[0]!.label, probabilities })
  }
  known = results
  await classifier.close()
})

afterAll(async () => service[Symbol.asyncDispose]())

const get = (path: string) => send(`${service.url}${path}`)
const infer = (request: Sent, path = 'bundle') => send(`${service.url}/v2/models/${path}/infer`, request)

describe('metadata and health', () => {
  test('the server says who it is and that it lives', async () => {
    const response = await get('/v2')
    expect(response.status).toBe(200)
    expect(response.json()).toEqual({
      name: 'nplusk',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      extensions: ['binary_tensor_data', 'classification'],
    })
    expect((await get('/v2/')).body).toEqual(response.body)
    expect((await get('/v2/health/live')).json()).toEqual({ live: true })
    expect((await get('/v2/health/ready')).json()).toMatchObject({ ready: true })
  })

  test.each(['bundle', 'bundle/versions/1'])('of %s are told', async (path) => {
    expect((await get(`/v2/models/${path}/ready`)).json()).toEqual({ name: 'bundle', ready: true })
    expect((await get(`/v2/models/${path}`)).json()).toEqual({
      name: 'bundle',
      versions: ['1'],
      platform: 'onnx_onnxv1',
      inputs: [{ name: 'image', datatype: 'BYTES', shape: [-1], parameters: { height: 8, width: 8 } }],
      outputs: [
        { name: 'probabilities', datatype: 'FP32', shape: [-1, 12] },
        { name: 'logits', datatype: 'FP32', shape: [-1, 12] },
        { name: 'label', datatype: 'BYTES', shape: [-1] },
      ],
    })
  })

  test('a model whose session has failed is not ready until it is opened anew', async () => {
    await using own = await tinyService()
    const ready = (of: string) => send(`${own.url}/v2/${of}/ready`)
    // Where nothing lies, no look at the folder opens it anew.
    renameSync(own.bundle, `${own.bundle}-away`)
    using lease = own.models.lease()
    await lease.classifier.session.close()
    const asked = { payload: { inputs: [encodedInput([own.pictures[0]!])] } }
    expect((await send(`${own.url}/v2/models/bundle/infer`, asked)).status).toBe(500)
    const refused = await ready('models/bundle')
    expect([refused.status, refused.json()]).toEqual([503, { error: expect.any(String) }])
    expect((await ready('health')).status).toBe(503)
    renameSync(`${own.bundle}-away`, own.bundle)
    await own.models.refresh()
    expect((await ready('models/bundle')).json()).toEqual({ name: 'bundle', ready: true })
  })

  test.each(['/v2/models/other', '/v2/models/bundle/versions/2', '/v2/models/other/ready', '/v2/models', '/v2/x'])(
    '%s is not found, in the words of the protocol',
    async (url) => {
      const response = await get(url)
      expect(response.status).toBe(404)
      expect(response.headers.get('content-type')).toBe('application/json')
      expect(response.json()).toEqual({ error: expect.any(String) })
    },
  )
})

describe('inference', () => {
  test('from pictures in JSON gives every output, and the id back', async () => {
    const response = await infer({ payload: { id: '42', inputs: [encodedInput([...service.pictures])] } })
    expect(response.status).toBe(200)
    const { json, values } = readAnswer(response)
    expect(json).toMatchObject({ model_name: 'bundle', model_version: '1', id: '42' })
    expect(json.outputs.map(({ name, datatype, shape }) => ({ name, datatype, shape }))).toEqual([
      { name: 'probabilities', datatype: 'FP32', shape: [4, 12] },
      { name: 'logits', datatype: 'FP32', shape: [4, 12] },
      { name: 'label', datatype: 'BYTES', shape: [4] },
    ])
    expect(values['label']).toEqual(known.map(({ label }) => label))
    expect(known.map(({ label }) => label)).toEqual(['red', 'red', 'green', 'green'])
    expect(values['probabilities']).toEqual(known.flatMap(({ probabilities }) => probabilities))
    const logits = values['logits'] as readonly number[]
    const softmax = known.flatMap((_, row) => {
      const exponents = logits.slice(row * 12, row * 12 + 12).map(Math.exp)
      const sum = exponents.reduce((a, b) => a + b)
      return exponents.map((value) => value / sum)
    })
    values['probabilities']!.forEach((value, i) => expect(value).toBeCloseTo(softmax[i]!, 6))
  })

  test('with an empty list of outputs gives every output', async () => {
    const { json } = readAnswer(
      await infer({ payload: { inputs: [encodedInput([...service.pictures])], outputs: [] } }),
    )
    expect(json.outputs.map(({ name }) => name)).toEqual(['probabilities', 'logits', 'label'])
  })

  test('from bytes behind the JSON is the same, as bytes or as JSON', async () => {
    const json = await infer({ payload: { inputs: [encodedInput([...service.pictures])] } })
    const data = byteElements(service.pictures)
    const input = { name: 'image', shape: [4], datatype: 'BYTES', parameters: { binary_data_size: data.length } }
    for (const binary of [true, false]) {
      const request = withBytes({ inputs: [input], parameters: { binary_data_output: binary } }, data)
      const response = await infer(request)
      expect(response.status).toBe(200)
      expect(response.headers.has('inference-header-content-length')).toBe(binary)
      expect(readAnswer(response).values).toEqual(readAnswer(json).values)
    }
  })

  test('a requested output says for itself how it is returned', async () => {
    const outputs = [{ name: 'label', parameters: { binary_data: false } }, { name: 'logits' }]
    const response = await infer({
      payload: {
        inputs: [encodedInput([...service.pictures])],
        outputs,
        parameters: { binary_data_output: true },
      },
    })
    const { json, values } = readAnswer(response)
    expect(json.outputs).toEqual([
      { name: 'label', datatype: 'BYTES', shape: [4], data: known.map(({ label }) => label) },
      { name: 'logits', datatype: 'FP32', shape: [4, 12], parameters: { binary_data_size: 4 * 12 * 4 } },
    ])
    expect(values['logits']).toHaveLength(48)
  })

  test('of pixels is that of the picture they come from, in JSON flat or nested, or as bytes', async () => {
    const { preprocess } = service.models.lease().classifier
    const views = await Promise.all(service.pictures.map((picture) => decodeViews(picture, preprocess, [plainView])))
    const pixels = views.map(([view]) => view!)
    const flat = pixels.flatMap((view) => [...view])
    const rows = <T>(values: readonly T[], size: number) =>
      Array.from({ length: values.length / size }, (_, i) => values.slice(i * size, (i + 1) * size))
    const input = { name: 'image', shape: [4, 8, 8, 3], datatype: 'UINT8' }
    const bytes = Buffer.concat(pixels)
    const answers = await Promise.all([
      infer({ payload: { inputs: [encodedInput([...service.pictures])] } }),
      infer({ payload: { inputs: [{ ...input, data: flat }] } }),
      infer({ payload: { inputs: [{ ...input, data: rows(rows(rows(flat, 3), 8), 8) }] } }),
      infer(withBytes({ inputs: [{ ...input, parameters: { binary_data_size: bytes.length } }] }, bytes)),
    ])
    const [encoded, ...others] = answers.map((answer) => readAnswer(answer).values)
    for (const values of others) expect(values).toEqual(encoded)
  })

  test('returns the best classes where that is asked for', async () => {
    const outputs = [{ name: 'probabilities', parameters: { classification: 3 } }]
    const response = await infer({ payload: { inputs: [encodedInput([...service.pictures])], outputs } })
    const output = (response.json() as Answer).outputs[0]!
    expect(output).toMatchObject({ datatype: 'BYTES', shape: [4, 3] })
    const best = known.flatMap(({ probabilities }) =>
      probabilities
        .map((value, index) => ({ value, index }))
        .sort((a, b) => b.value - a.value)
        .slice(0, 3),
    )
    output.data!.forEach((text, i) => {
      const [value, index, label] = String(text).split(':')
      expect([Number(index), label]).toEqual([best[i]!.index, labels[best[i]!.index]])
      expect(Math.fround(Number(value))).toBe(best[i]!.value)
    })
    const all = [{ name: 'logits', parameters: { classification: 99 } }]
    const clamped = await infer({ payload: { inputs: [encodedInput([...service.pictures])], outputs: all } })
    expect(readAnswer(clamped).json.outputs[0]!.shape).toEqual([4, 12])
  })

  test('takes a body that the client has compressed', async () => {
    const plain = Buffer.from(JSON.stringify({ inputs: [encodedInput([...service.pictures])] }))
    const wanted = readAnswer(await infer({ payload: plain })).values
    for (const [encoding, payload] of [
      ['gzip', gzipSync(plain)],
      ['deflate', deflateSync(plain)],
      ['identity', plain],
    ] as const) {
      const response = await infer({ payload, headers: { 'content-encoding': encoding } })
      expect(readAnswer(response).values).toEqual(wanted)
    }
  })

  test('can ask for the version that is served', async () => {
    const payload = { inputs: [encodedInput([...service.pictures])], outputs: [{ name: 'label' }] }
    expect((await infer({ payload }, 'bundle/versions/1')).json()).toMatchObject({ model_version: '1' })
    expect((await infer({ payload }, 'bundle/versions/3')).status).toBe(404)
  })

  test('takes parameters of others without minding them', async () => {
    const payload = {
      inputs: [encodedInput([...service.pictures])],
      parameters: { sequence_id: 7, priority: 2, timeout: 1000, of_mine: 'yes' },
    }
    expect((await infer({ payload })).status).toBe(200)
  })
})
