import { hashOf } from '../core/hash-of.js'
import { elementTypeOf, shapeOf } from '../onnx/graph.js'
import { encodeModel, type LoadedModel, type ValueInfoProto } from '../onnx/model.js'
import { DataType } from '../onnx/tensor.js'
import type { ModelCard } from './card.js'
import { exportedFolder, type ExportFiles } from './files.js'
import { textProto, type Message } from './text-proto.js'

const labelFile = 'labels.txt'

/** Images that the server may batch: more gain little, and memory grows with them. */
const maxBatch = 32

/** Microseconds that an image may wait for others to fill its batch. */
const longestWait = 1000

/**
 * One model of a repository for NVIDIA's Triton Inference Server, as the contents of its folder `name`: `config.pbtxt`,
 * the labels, and the graph as version 1. The server batches images of several requests, unless the graph runs images
 * one by one anyway.
 *
 * @param name letters, digits, `_` and `-`
 */
export function tritonFiles(model: LoadedModel, card: ModelCard, name: string): ExportFiles {
  const files = new Map<string, Uint8Array | string>([
    ['config.pbtxt', textProto(config(model, card, name))],
    [labelFile, card.labels.map(({ label }) => `${label.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')}\n`).join('')],
    ['1/model.onnx', encodeModel(model)],
  ])
  return exportedFolder(card, files)
}

/**
 * A bundle's name, reduced to characters that a server can use in URLs; a few digits of its hash tell it from others
 * where letters or digits are lost.
 */
export function tritonName(bundle: string): string {
  const plain = bundle.replace(/[^\w-]+/g, '-')
  const isDistinct = !/[^\w-]/u.test(bundle.replace(/[^\p{L}\p{N}]/gu, ''))
  return isDistinct ? plain : `${plain}-${hashOf(Buffer.from(bundle)).slice(0, 6)}`
}

function config({ graph }: LoadedModel, card: ModelCard, name: string): Message {
  // To the server, a fixed batch is a dimension like any other, so it does no batching.
  const isFree = typeof shapeOf(graph.input[0]!)![0] === 'string'
  const tensor = (info: ValueInfoProto): Message => ({
    name: info.name,
    data_type: { symbol: dataTypes[elementTypeOf(info)]! },
    dims: shapeOf(info)!.slice(isFree ? 1 : 0) as number[],
  })
  return {
    name,
    backend: 'onnxruntime',
    max_batch_size: isFree ? maxBatch : 0,
    input: graph.input.map(tensor),
    output: graph.output.map((info) => ({ ...tensor(info), label_filename: labelFile })),
    ...(isFree && card.oneByOne === undefined
      ? { dynamic_batching: { max_queue_delay_microseconds: longestWait } }
      : {}),
    parameters: (['input', 'preprocess', 'base', 'oneByOne', 'increments'] as const)
      .filter((field) => card[field] !== undefined)
      .map((field) => ({ key: `nplusk.${field}`, value: { string_value: JSON.stringify(card[field]) } })),
  }
}

const dataTypes: Readonly<Record<number, string>> = { [DataType.UINT8]: 'TYPE_UINT8', [DataType.FLOAT]: 'TYPE_FP32' }
