import * as ort from 'onnxruntime-node'
import { createRandom } from '../../../src/math/random.js'
import { valueInfo } from '../../../src/onnx/build.js'
import { cloneModel, encodeModel, type LoadedModel } from '../../../src/onnx/model.js'
import { DataType } from '../../../src/onnx/tensor.js'
import { plainData } from '../../../src/runtime/plain-data.js'

export interface RunTensor {
  readonly dims: readonly number[]
  readonly data: Float32Array
}

/**
 * Runs a model on random images with the named tensors as further outputs; half floats and bytes come back as floats.
 */
export async function runTensors(
  model: LoadedModel,
  tensors: readonly string[],
  batch: number,
  dims: readonly number[],
): Promise<Map<string, RunTensor>> {
  const copy = cloneModel(model)
  const existing = new Set(copy.graph.output.map(({ name }) => name))
  for (const name of new Set(tensors)) if (!existing.has(name)) copy.graph.output.push(anyType(name))
  const session = await ort.InferenceSession.create(encodeModel(copy), {
    logSeverityLevel: 3,
    graphOptimizationLevel: 'disabled',
  })
  try {
    const count = [batch, ...dims].reduce((product, dim) => product * dim, 1)
    const random = createRandom('image')
    const type = model.graph.input.find(({ name }) => name === 'x')!.type!.value.value as { elemType: DataType }
    const pixels = Float32Array.from({ length: count }, () => random.normal())
    const input =
      type.elemType === DataType.UINT8
        ? new ort.Tensor(
            'uint8',
            Uint8Array.from(pixels, (p) => Math.max(0, Math.min(255, 128 + 60 * p))),
            [batch, ...dims],
          )
        : new ort.Tensor('float32', pixels, [batch, ...dims])
    const results = await session.run({ x: input })
    return new Map(tensors.map((name) => [name, toFloats(results[name]!)]))
  } finally {
    await session.release()
  }
}

function toFloats(result: ort.Tensor): RunTensor {
  return { dims: result.dims, data: Float32Array.from(plainData(result) as Iterable<number>, Number) }
}

/** An output whose type and shape the runtime is left to find. */
function anyType(name: string): LoadedModel['graph']['output'][number] {
  const info = valueInfo(name, DataType.FLOAT, [])
  delete info.type
  return info
}
