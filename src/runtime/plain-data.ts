import type { Tensor } from 'onnxruntime-node'
import { decodeFloat16 } from '../math/float16.js'

/** The typed arrays that ONNX Runtime takes and returns. */
export type PlainArray = Float32Array | Uint8Array | Int32Array | BigInt64Array

/**
 * The values of an ONNX Runtime tensor. Half floats become float32: ONNX Runtime returns their bits as a Uint16Array on
 * Node versions without a Float16Array (20, 22), and a Float16Array on later ones.
 */
export function plainData({ type, data }: Pick<Tensor, 'type' | 'data'>): PlainArray {
  if (type !== 'float16') return data as PlainArray
  const numbers = new Float32Array(data.length)
  if (data instanceof Uint16Array) decodeFloat16(data, numbers)
  else numbers.set(data as ArrayLike<number>)
  return numbers
}
