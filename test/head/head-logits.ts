import { tensorNames } from '../../src/backbone/prepare.js'
import { logitsName, type AddedHead } from '../../src/head/added-head.js'
import { LinearHead } from '../../src/head/linear/linear-head.js'
import { MlpHead } from '../../src/head/mlp/mlp-head.js'
import { graphModel, valueInfo } from '../../src/onnx/build.js'
import { encodeModel } from '../../src/onnx/model.js'
import { DataType } from '../../src/onnx/tensor.js'
import { openSession } from '../../src/runtime/session.js'

/** The logits of a row of raw features by a head's parameters, in float64, without any of the library's code. */
export function plainLogits(head: AddedHead, features: readonly number[]): number[] {
  const layer = (input: readonly number[], weight: Float32Array, bias: Float32Array) =>
    Array.from(bias, (start, c) =>
      input.reduce((sum, value, i) => sum + value * weight[i * bias.length + c]!, start as number),
    )
  if (head instanceof LinearHead) return layer(features, head.weight, head.bias)
  const { hiddenWeight, hiddenBias, weight, bias } = (head as MlpHead).weights
  const hidden = layer(features, hiddenWeight, hiddenBias).map((sum) => (sum > 0 ? sum : 0))
  return layer(hidden, weight, bias)
}

/** The logits of rows of raw features by a head's nodes, row after row. */
export async function graphLogits(head: AddedHead, rows: readonly (readonly number[])[]): Promise<Float32Array> {
  const prefix = 'added/'
  const dim = rows[0]!.length
  const model = graphModel({
    name: 'head',
    opset: 17,
    inputs: [valueInfo(tensorNames.features, DataType.FLOAT, ['batch', dim])],
    outputs: [valueInfo(logitsName(prefix), DataType.FLOAT, ['batch', head.columns])],
    ...(head.nodes(prefix) as { initializers: []; nodes: [] }),
  })
  const session = await openSession(encodeModel(model))
  try {
    const data = Float32Array.from(rows.flat())
    const results = await session.run({ [tensorNames.features]: { dims: [rows.length, dim], data } }, [
      logitsName(prefix),
    ])
    return results[logitsName(prefix)]!.data as Float32Array
  } finally {
    await session.close()
  }
}
