// A program that runs an exported model in onnxruntime-web's wasm and prints its logits. Arguments: a folder with `model.onnx` and
// the raw data `input`, the input's name, its type and its dimensions.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ort from 'onnxruntime-web'

const [folder, name, type, dims] = process.argv.slice(2) as [string, string, 'uint8' | 'float32', string]
ort.env.wasm.numThreads = 1
const session = await ort.InferenceSession.create(new Uint8Array(readFileSync(join(folder, 'model.onnx'))), {
  executionProviders: ['wasm'],
})
const bytes = new Uint8Array(readFileSync(join(folder, 'input')))
const size = JSON.parse(dims) as number[]
const tensor =
  type === 'uint8' ? new ort.Tensor('uint8', bytes, size) : new ort.Tensor('float32', new Float32Array(bytes.buffer), size)
const { logits } = await session.run({ [name]: tensor }, ['logits'])
console.log(JSON.stringify(Array.from(logits!.data as Float32Array)))
