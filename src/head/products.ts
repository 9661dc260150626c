import { graphModel, node, valueInfo } from '../onnx/build.js'
import { encodeModel } from '../onnx/model.js'
import { DataType } from '../onnx/tensor.js'
import { openSession, type Provider } from '../runtime/session.js'
import type { Products } from './types.js'

/** Matrix products by ONNX Runtime. */
export async function openProducts(provider: Provider = 'cpu'): Promise<Products> {
  const plain = await openSession(productGraph(0), provider)
  const transposed = await openSession(productGraph(1), provider)
  return {
    async multiply(a, b, [rows, depth, columns]) {
      const inputs = { a: { dims: [rows, depth], data: a }, b: { dims: [depth, columns], data: b } }
      return (await plain.run(inputs, ['product']))['product']!.data as Float32Array
    },
    async multiplyTransposed(a, b, [rows, depth, columns]) {
      const inputs = { a: { dims: [rows, depth], data: a }, b: { dims: [columns, depth], data: b } }
      return (await transposed.run(inputs, ['product']))['product']!.data as Float32Array
    },
    async close() {
      await plain.close()
      await transposed.close()
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
