import { create } from '@bufbuild/protobuf'
import { ValueInfoProtoSchema } from '../../src/onnx/generated/onnx_pb.js'
import { node, valueInfo } from '../../src/onnx/build.js'
import { rowGraph } from '../../src/onnx/each-row.js'
import { shapeOf } from '../../src/onnx/graph.js'
import { cloneModel, encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { DataType } from '../../src/onnx/tensor.js'
import { locateHead } from '../../src/locate/locate.js'
import { tensorNames } from '../../src/backbone/prepare.js'
import { openSession } from '../../src/runtime/session.js'

/** One image's scores, from the original file and from what was made of it. */
export interface LogitsOfBoth {
  readonly original: Float32Array
  readonly prepared: Float32Array
  readonly features: Float32Array
}

/**
 * Runs one image through a prepared backbone as it ships, and what it feeds its base graph with through the original
 * file, so that both see the very same numbers.
 *
 * @param original as it was read from its file, its batch of 1 or free
 * @param pixels uint8, RGB, HWC
 */
export async function logitsOfBoth(
  original: LoadedModel,
  prepared: LoadedModel,
  pixels: Uint8Array,
  width: number,
  height: number,
): Promise<LogitsOfBoth> {
  const { input, logits } = locateHead(original)
  const image = { [tensorNames.image]: { dims: [1, height, width, 3], data: pixels } }
  const own = (name: string): string => (Object.values<string>(tensorNames).includes(name) ? `base/${name}` : name)

  const shipped = await run(prepared, image, [tensorNames.baseLogits, tensorNames.features])
  const twin = cloneModel(rowGraph(prepared))
  const isBytes = input.type === 'uint8'
  twin.graph.node.push(node('Cast', [own(input.name)], 'fed', { to: isBytes ? DataType.UINT8 : DataType.FLOAT }))
  twin.graph.output.push(valueInfo('fed', isBytes ? DataType.UINT8 : DataType.FLOAT, ['a', 'b', 'c', 'd']))
  const fed = (await run(twin, image, ['fed'])).fed!

  // The runtime takes no half floats from JavaScript: a Cast in front, which loses nothing.
  const base = cloneModel(original)
  base.graph.node.unshift(node('Cast', ['given'], input.name, { to: typeCodes[input.type] }))
  // Of whatever type they are: a Cast to float behind them would let the runtime leave out the rounding to half floats.
  if (!base.graph.output.some(({ name }) => name === logits)) {
    base.graph.output.push(create(ValueInfoProtoSchema, { name: logits }))
  }
  // The shape as it was: with more of it known, or less, the runtime may compute the graph in another order.
  const shape = shapeOf(base.graph.input.find(({ name }) => name === input.name)!)!
  base.graph.input = base.graph.input.filter(({ name }) => name !== input.name)
  base.graph.input.push(valueInfo('given', isBytes ? DataType.UINT8 : DataType.FLOAT, shape))
  const scores = (await run(base, { given: fed }, [logits]))[logits]!
  return {
    original: scores.data as Float32Array,
    prepared: shipped[tensorNames.baseLogits]!.data as Float32Array,
    features: shipped[tensorNames.features]!.data as Float32Array,
  }
}

const typeCodes = { float32: DataType.FLOAT, float16: DataType.FLOAT16, uint8: DataType.UINT8 }

type Inputs = Parameters<Awaited<ReturnType<typeof openSession>>['run']>[0]

async function run(model: LoadedModel, inputs: Inputs, outputs: readonly string[]) {
  const session = await openSession(encodeModel(model))
  try {
    return await session.run(inputs, outputs)
  } finally {
    await session.close()
  }
}
