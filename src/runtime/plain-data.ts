import type { Tensor } from 'onnxruntime-node'
import { decodeFloat16 } from '../math/float16.js'

/** The arrays that go into the runtime and come out of it. */
export type PlainArray = Float32Array | Uint8Array | Int32Array | BigInt64Array

/**
 * The numbers of one of the runtime's tensors. Half floats become float32: the runtime gives their bits where Node has
 * no type for them (20, 22), and a Float16Array where it has.
 */
export function plainData({ type, data }: Pick<Tensor, 'type' | 'data'>): PlainArray {
  if (type !== 'float16') return data as PlainArray
  const numbers = new Float32Array(data.length)
  if (data instanceof Uint16Array) decodeFloat16(data, numbers)
  else numbers.set(data as ArrayLike<number>)
  return numbers
}
