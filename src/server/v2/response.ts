import { writeByteElements } from './byte-elements.js'
import type { OutputTensor } from './outputs.js'

export interface InferAnswer {
  readonly modelName: string
  readonly modelVersion: string
  readonly id: string | undefined
  readonly outputs: readonly OutputTensor[]
}

/** An answer as it goes over the wire. */
export interface Response {
  readonly body: string | Buffer
  /** Bytes of the JSON object in front of the tensors' bytes; `undefined` where the body is JSON alone. */
  readonly headerLength: number | undefined
}

/** Writes an answer: a JSON object, and behind it the bytes of the tensors that are wanted as bytes. */
export function writeResponse({ modelName, modelVersion, id, outputs }: InferAnswer): Response {
  const binary: Buffer[] = []
  const tensors = outputs.map((output) => {
    const { name, datatype, shape } = output
    if (!output.binary) return { name, datatype, shape, data: Array.from<number | string>(output.data) }
    const bytes = bytesOf(output)
    binary.push(bytes)
    return { name, datatype, shape, parameters: { binary_data_size: bytes.length } }
  })
  const json = JSON.stringify({ model_name: modelName, model_version: modelVersion, id, outputs: tensors })
  if (binary.length === 0) return { body: json, headerLength: undefined }
  const header = Buffer.from(json)
  return { body: Buffer.concat([header, ...binary]), headerLength: header.length }
}

function bytesOf(output: OutputTensor): Buffer {
  if (output.datatype === 'BYTES') return writeByteElements(output.data)
  const bytes = Buffer.alloc(output.data.length * 4)
  output.data.forEach((value, i) => bytes.writeFloatLE(value, i * 4))
  return bytes
}
