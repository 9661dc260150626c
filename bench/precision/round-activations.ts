import { node } from '../../src/onnx/build.js'
import { intAttribute } from '../../src/onnx/graph.js'
import { changed, cloneModel, type LoadedModel, type NodeProto } from '../../src/onnx/model.js'
import { DataType, dimsOf, floatTensor, readTensor } from '../../src/onnx/tensor.js'

/**
 * What a float16 graph computes on a device that has float16 arithmetic, in a form that says so on a CPU too. ONNX
 * Runtime's CPU provider runs float16 operators as float32 and leaves out the roundings in between; here each result
 * that is float16 is rounded by two Casts behind a float32 operator, which it does not leave out.
 */
export function roundActivations(half: LoadedModel): LoadedModel {
  const result = cloneModel(half)
  const { graph } = result
  const halves = new Set<string>()
  graph.initializer = graph.initializer.map((constant) => {
    if (constant.dataType !== DataType.FLOAT16) return constant
    halves.add(constant.name)
    return floatTensor(constant.name, dimsOf(constant), Float32Array.from(readTensor(constant)))
  })
  graph.node = graph.node.flatMap((one): NodeProto[] => {
    const to = one.opType === 'Cast' ? intAttribute(one, 'to', 0) : undefined
    const isHalf = to === DataType.FLOAT16 || (to === undefined && one.input.some((name) => halves.has(name)))
    if (!isHalf)
      return [to === DataType.FLOAT && halves.has(one.input[0]!) ? node('Identity', one.input, one.output) : one]
    const [output = ''] = one.output
    halves.add(output)
    const [exact, rounded] = [`${output}/exact`, `${output}/rounded`]
    const own =
      to === undefined
        ? changed(one, { name: exact, output: [exact, ...one.output.slice(1)] })
        : node('Cast', one.input, exact, { to: DataType.FLOAT })
    return [
      own,
      node('Cast', [exact], rounded, { to: DataType.FLOAT16 }),
      node('Cast', [rounded], output, { to: DataType.FLOAT }),
    ]
  })
  return result
}
