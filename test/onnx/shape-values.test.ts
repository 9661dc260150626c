import { expect, test } from '@jest/globals'
import { node } from '../../src/onnx/build.js'
import type { Shape } from '../../src/onnx/infer-shapes.js'
import { knownValues } from '../../src/onnx/shape-values.js'
import { int64Tensor } from '../../src/onnx/tensor.js'

/** What a node makes of inputs of some contents, in one axis unless shapes say otherwise. */
function valuesOf(of: ReturnType<typeof node>, inputs: readonly (readonly number[])[], shapes?: readonly Shape[]) {
  return knownValues({
    node: of,
    opset: 17,
    shape: (i) => shapes?.[i] ?? (inputs[i] && [inputs[i].length]),
    value: (i) => inputs[i],
  })
}

test('the sizes of an expansion, as PyTorch computes them', () => {
  const ones = node('ConstantOfShape', ['n'], 'y', { value: { tensor: int64Tensor('', [1], [1]) } })
  expect(valuesOf(ones, [[3]])).toEqual([1, 1, 1])
  expect(valuesOf(node('ConstantOfShape', ['n'], 'y'), [[2]])).toEqual([0, 0])
  expect(valuesOf(node('Equal', ['a', 'b'], 'y'), [[2, -1], [-1]])).toEqual([0, 1])
  expect(valuesOf(node('Where', ['c', 'a', 'b'], 'y'), [[0, 1], [5], [6, 7]])).toEqual([6, 5])
  expect(valuesOf(node('Where', ['c', 'a', 'b'], 'y'), [[0, 1], [5, 6, 7], [8]])).toBeUndefined()
  expect(valuesOf(node('Abs', ['a'], 'y'), [[-2, 3]])).toEqual([2, 3])
})

test('what has more axes than one is not computed with', () => {
  const columns = [
    [0, 1],
    [2, 3],
  ]
  const joined = node('Concat', ['a', 'b'], 'y', { axis: 1 })
  // It would be 0, 2, 1, 3.
  expect(valuesOf(joined, columns, Array(2).fill([2, 1]) as Shape[])).toBeUndefined()
  expect(valuesOf(node('Concat', ['a', 'b'], 'y', { axis: 0 }), columns)).toEqual([0, 1, 2, 3])
  expect(valuesOf(node('Reshape', ['a', 'b'], 'y'), [[4, 5], [-1]], [[2, 1], [1]])).toEqual([4, 5])
})
