// A program that runs models in onnxruntime-web's wasm. Argument: a folder with `cases.json`, `[{ model, name, type,
// dims, data }]`, where `model` and `data` name files. Prints all logits as one JSON value.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ort from 'onnxruntime-web'

export interface WebCase {
  readonly model: string
  readonly name: string
  readonly type: 'uint8' | 'float32'
  readonly dims: readonly number[]
  readonly data: string
}

const [folder] = process.argv.slice(2) as [string]
ort.env.wasm.numThreads = 1
const cases = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) as WebCase[]
const answers: number[][] = []
for (const { model, name, type, dims, data } of cases) {
  const session = await ort.InferenceSession.create(new Uint8Array(readFileSync(join(folder, model))), {
    executionProviders: ['wasm'],
  })
  const bytes = new Uint8Array(readFileSync(join(folder, data)))
  const tensor =
    type === 'uint8' ? new ort.Tensor(type, bytes, dims) : new ort.Tensor(type, new Float32Array(bytes.buffer), dims)
  const { logits } = await session.run({ [name]: tensor }, ['logits'])
  answers.push(Array.from(logits!.data as Float32Array))
  await session.release()
}
console.log(JSON.stringify(answers))
