import { graphModel, node, valueInfo } from '../onnx/build.js'
import { encodeModel } from '../onnx/model.js'
import { DataType } from '../onnx/tensor.js'
import type { MatrixProducts } from '../math/matrix-products.js'
import { openSession } from '../runtime/session.js'

/** Must be closed. */
export type OpenMatrixProducts = MatrixProducts & AsyncDisposable

/** Opens matrix products by ONNX Runtime on the CPU. */
export async function openMatrixProducts(): Promise<OpenMatrixProducts> {
  const multiplication = await openSession(productGraph(0), 'cpu', { spinning: false })
  const transposedMultiplication = await openSession(productGraph(1), 'cpu', { spinning: false })
  return {
    async multiply(a, b, [rows, depth, columns]) {
      const inputs = { a: { dims: [rows, depth], data: a }, b: { dims: [depth, columns], data: b } }
      return (await multiplication.run(inputs, ['product']))['product']!.data as Float32Array
    },
    async multiplyTransposed(a, b, [rows, depth, columns]) {
      const inputs = { a: { dims: [rows, depth], data: a }, b: { dims: [columns, depth], data: b } }
      return (await transposedMultiplication.run(inputs, ['product']))['product']!.data as Float32Array
    },
    async [Symbol.asyncDispose]() {
      await multiplication.close()
      await transposedMultiplication.close()
    },
  }
}

function productGraph(transB: 0 | 1): Uint8Array {
  const float = DataType.FLOAT
  return encodeModel(
    graphModel({
      name: 'product',
      opset: 17,
      inputs: [valueInfo('a', float, ['m', 'p']), valueInfo('b', float, transB ? ['q', 'p'] : ['p', 'q'])],
      outputs: [valueInfo('product', float, ['m', 'q'])],
      initializers: [],
      nodes: [node('Gemm', ['a', 'b'], 'product', { transB })],
    }),
  )
}
