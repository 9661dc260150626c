import { describe, expect, test } from '@jest/globals'
import { tritonFiles, tritonName } from '../../src/export/triton.js'
import { elementTypeOf, shapeOf } from '../../src/onnx/graph.js'
import { decodeModel } from '../../src/onnx/model.js'
import { DataType } from '../../src/onnx/tensor.js'
import { parsePbtxt, type Parsed } from './pbtxt.js'
import { exported, inputCards, tinyBundle } from './tiny-export.js'

const types: Record<string, DataType> = { TYPE_UINT8: DataType.UINT8, TYPE_FP32: DataType.FLOAT }

/** The configuration, and the graph it describes. */
function repository(topology: string, kind: string) {
  const { graph, card } = exported(tinyBundle(topology), inputCards[kind]!)
  const files = tritonFiles(graph, card, 'tiny')
  return {
    card,
    files,
    config: parsePbtxt(files.get('config.pbtxt') as string),
    graph: decodeModel(files.get('1/model.onnx') as Uint8Array).graph,
  }
}

describe.each(['uint8', 'float'])('a model of a repository with input %s', (kind) => {
  test('declares the inputs and outputs of its graph', () => {
    const { config, graph } = repository('ResNet-50', kind)
    expect(config).toMatchObject({ name: ['tiny'], backend: ['onnxruntime'], max_batch_size: [32] })
    expect(config.dynamic_batching).toEqual([{ max_queue_delay_microseconds: [1000] }])
    for (const [field, declared] of [
      ['input', graph.input],
      ['output', graph.output],
    ] as const) {
      expect(
        (config[field] as Parsed[]).map(({ name, data_type, dims }) => ({
          name: name![0],
          type: types[data_type![0] as string],
          dims,
        })),
      ).toEqual(declared.map((info) => ({ name: info.name, type: elementTypeOf(info), dims: shapeOf(info)!.slice(1) })))
    }
  })
})

test('a graph that runs one picture after the other does not have the server wait for more', () => {
  const { model, manifest } = tinyBundle('ResNet-50')
  const oneByOne = 'DynamicQuantizeLinear takes its range over all pictures of a batch'
  const bundle = { model, manifest: { ...manifest, backbone: { ...manifest.backbone, oneByOne } } }
  const { graph, card } = exported(bundle, inputCards['uint8']!)
  expect(card.oneByOne).toBe(oneByOne)
  const config = parsePbtxt(tritonFiles(graph, card, 'tiny').get('config.pbtxt') as string)
  expect(config.dynamic_batching).toBeUndefined()
  expect(config.max_batch_size).toEqual([32])
  expect(graph.metadataProps.find(({ key }) => key === 'nplusk.oneByOne')?.value).toBe(JSON.stringify(oneByOne))
})

test('labels have a line each, in column order, and the outputs point to them', () => {
  const { card, config, files, graph } = repository('ResNet-50', 'uint8')
  const lines = (files.get('labels.txt') as string).trimEnd().split('\n')
  expect(lines).toEqual(card.labels.map(({ label }) => label))
  expect(lines).toHaveLength(shapeOf(graph.output[0]!)![1] as number)
  expect((config.output as Parsed[]).map(({ label_filename }) => label_filename)).toEqual([
    ['labels.txt'],
    ['labels.txt'],
  ])
})

test('preprocessing and history go along, whatever is in the names', () => {
  const { card, config } = repository('ResNet-50', 'uint8')
  const parameters = Object.fromEntries(
    (config.parameters as Parsed[]).map(({ key, value }) => [
      key![0],
      JSON.parse((value![0] as Parsed).string_value![0] as string) as unknown,
    ]),
  )
  expect(parameters).toEqual({
    'nplusk.input': card.input,
    'nplusk.preprocess': card.preprocess,
    'nplusk.base': card.base,
    'nplusk.increments': card.increments,
  })
  expect(card.increments[0]!.classes.map(({ label }) => label)).toContain('bee "big"')
})

test('a name keeps what may be in a URL, and stays apart from others where more than that is lost', () => {
  expect(['flowers', 'my flowers.v1', 'garden-2_b'].map(tritonName)).toEqual(['flowers', 'my-flowers-v1', 'garden-2_b'])
  const [flower, bird] = ['花', '鳥'].map(tritonName)
  expect(flower).toMatch(/^--[0-9a-f]{6}$/)
  expect(bird).not.toBe(flower)
})
