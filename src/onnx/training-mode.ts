import type { NodeProto, TensorProto } from './model.js'
import { elementCount, readTensor } from './tensor.js'

/** Whether a node is a Dropout exported for training, which drops numbers at random on every run. */
export function dropsAtRandom({ opType, input }: NodeProto, constants: ReadonlyMap<string, TensorProto>): boolean {
  const [, ratio = '', mode = ''] = input
  if (opType !== 'Dropout' || mode === '') return false
  return !isZero(constants.get(mode)) && !isZero(constants.get(ratio))
}

function isZero(constant: TensorProto | undefined): boolean {
  return constant !== undefined && elementCount(constant) === 1 && readTensor(constant)[0] === 0
}
