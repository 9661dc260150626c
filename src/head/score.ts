import type { FeatureTable } from '../bottleneck/table.js'
import { graphModel, node, valueInfo } from '../onnx/build.js'
import { encodeModel } from '../onnx/model.js'
import { DataType } from '../onnx/tensor.js'
import { openSession } from '../runtime/session.js'
import { blockSource } from './feature-source.js'
import type { FeatureSource, Head } from './types.js'

const blockRows = 2048

/**
 * The logits of every row under one of several heads of equal shape.
 *
 * @param headOf which head scores a row
 * @returns row-major [count × k]
 */
export async function scoreRows(
  features: FeatureSource,
  heads: readonly Head[],
  headOf: (row: number) => number = () => 0,
): Promise<Float32Array> {
  const { count, dim } = features
  const k = heads[0]!.classes
  const columns = heads.length * k
  const weight = new Float32Array(dim * columns)
  const bias = new Float32Array(columns)
  heads.forEach((head, h) => {
    for (let d = 0; d < dim; d++) weight.set(head.weight.subarray(d * k, (d + 1) * k), d * columns + h * k)
    bias.set(head.bias, h * k)
  })
  const scores = new Float32Array(count * k)
  const session = await openSession(linearGraph(), 'cpu', { spinning: false })
  try {
    for (let start = 0; start < count; start += blockRows) {
      const end = Math.min(start + blockRows, count)
      const { logits } = await session.run(
        {
          features: { dims: [end - start, dim], data: await features.read(start, end) },
          weight: { dims: [dim, columns], data: weight },
          bias: { dims: [columns], data: bias },
        },
        ['logits'],
      )
      const block = logits!.data as Float32Array
      for (let row = start; row < end; row++) {
        const from = (row - start) * columns + headOf(row) * k
        scores.set(block.subarray(from, from + k), row * k)
      }
    }
  } finally {
    await session.close()
  }
  return scores
}

/** The logits of a table's rows under one head, row-major [count × k]. */
export function scoreTable({ features }: FeatureTable, head: Head): Promise<Float32Array> {
  return scoreRows(blockSource(features), [head])
}

function linearGraph(): Uint8Array {
  const float = DataType.FLOAT
  return encodeModel(
    graphModel({
      name: 'linear-head',
      opset: 17,
      inputs: [
        valueInfo('features', float, ['n', 'D']),
        valueInfo('weight', float, ['D', 'c']),
        valueInfo('bias', float, ['c']),
      ],
      outputs: [valueInfo('logits', float, ['n', 'c'])],
      initializers: [],
      nodes: [node('Gemm', ['features', 'weight', 'bias'], 'logits')],
    }),
  )
}
