import { create } from '@bufbuild/protobuf'
import { node, valueInfo } from './build.js'
import { GraphProtoSchema } from './generated/onnx_pb.js'
import { elementTypeOf, shapeOf } from './graph.js'
import { changed, cloneModel, type LoadedModel, type NodeProto } from './model.js'
import { renameTensors } from './rename.js'
import { DataType, int64Tensor, tensor } from './tensor.js'

/** Prefix of the names of everything added here, and, inside the Loop, of the graph's own input and outputs. */
const prefix = 'nplusk/rows/'

/**
 * Wraps a graph in a Loop that runs it once for each row of the batch and stacks the results. A row's result then does
 * not depend on the other rows, whatever the graph does, and is bit for bit that of the graph run on this row alone.
 *
 * Initialisers move into the Loop as well: the runtime packs weights for its fastest kernels only where it finds them
 * in the same graph, and other kernels round differently.
 *
 * @param model with one input [batch, …] and outputs [batch, …], all other dimensions fixed
 * @returns a new model with a symbolic batch dimension
 */
export function eachRow(model: LoadedModel): LoadedModel {
  const result = cloneModel(model)
  const { graph } = result
  const input = graph.input[0]!
  const outputs = [...graph.output]
  const prefixed = (name: string) => `${prefix}${name}`
  renameTensors(graph, new Map([input, ...outputs].map(({ name }) => [name, prefixed(name)])))

  const constants = [...graph.initializer, int64Tensor(`${prefix}one_row`, [1], [1])]
  const rows: NodeProto[] = []
  const scans = outputs.map((info) => {
    const dims = sizes(info)
    constants.push(int64Tensor(`${prefixed(info.name)}/shape`, [dims.length], dims))
    rows.push(node('Reshape', [prefixed(info.name), `${prefixed(info.name)}/shape`], `${prefixed(info.name)}/row`))
    return valueInfo(`${prefixed(info.name)}/row`, elementTypeOf(info), dims)
  })
  const body = create(GraphProtoSchema, {
    name: `${prefix}row`,
    input: [
      valueInfo(`${prefix}number`, DataType.INT64, []),
      valueInfo(`${prefix}going`, DataType.BOOL, []),
      valueInfo(`${prefix}before`, DataType.INT64, []),
    ],
    initializer: constants,
    node: [
      node('Reshape', [`${prefix}number`, `${prefix}one_row`], `${prefix}index`),
      node('Gather', [input.name, `${prefix}index`], prefixed(input.name), { axis: 0 }),
      ...graph.node,
      ...rows,
      node('Identity', [`${prefix}going`], `${prefix}goes_on`),
      // In the earliest opsets, a Loop must carry a value from one iteration to the next.
      node('Identity', [`${prefix}before`], `${prefix}after`),
    ],
    output: [
      valueInfo(`${prefix}goes_on`, DataType.BOOL, []),
      valueInfo(`${prefix}after`, DataType.INT64, []),
      ...scans,
    ],
  })
  graph.initializer = [
    int64Tensor(`${prefix}zero`, [], [0]),
    tensor(`${prefix}always`, DataType.BOOL, [], Uint8Array.of(1)),
  ]
  graph.node = [
    node('Shape', [input.name], `${prefix}size`),
    node('Gather', [`${prefix}size`, `${prefix}zero`], `${prefix}count`, { axis: 0 }),
    node(
      'Loop',
      [`${prefix}count`, `${prefix}always`, `${prefix}zero`],
      [`${prefix}last`, ...outputs.map(({ name }) => name)],
      { body: { graph: body } },
    ),
  ]
  graph.node.at(-1)!.name = `${prefix}loop`
  graph.input = [valueInfo(input.name, elementTypeOf(input), ['batch', ...sizes(input)])]
  graph.output = outputs.map((info) => valueInfo(info.name, elementTypeOf(info), ['batch', ...sizes(info)]))
  graph.valueInfo = []
  return result
}

/** Whether `eachRow` wrapped this model, or the one that it was made from. */
export function isEachRow({ graph }: LoadedModel): boolean {
  return graph.node.some(isLoop)
}

/**
 * The graph that `eachRow` wrapped, for inspection.
 *
 * @returns `model` itself where `eachRow` did not make it
 */
export function rowGraph(model: LoadedModel): LoadedModel {
  const result = cloneModel(model)
  const { graph } = result
  const loop = graph.node.find(isLoop)
  const body = loop?.attribute.find(({ name }) => name === 'body')?.g
  if (!loop || !body) return model
  const names = [...graph.input.map(({ name }) => name), ...loop.output.slice(1)]
  const originalNames = new Map(names.map((name) => [`${prefix}${name}`, name]))
  const inner = changed(graph, {
    node: body.node.filter((one) => !isWrapping(one, originalNames)),
    initializer: body.initializer.filter(({ name }) => !name.startsWith(prefix)),
    valueInfo: [],
  })
  renameTensors(inner, originalNames)
  result.graph = inner
  return result
}

const isLoop = ({ opType, name }: NodeProto): boolean => opType === 'Loop' && name === `${prefix}loop`

/** Whether a node of the Loop's body is part of the wrapping rather than of the graph. */
function isWrapping({ output, input }: NodeProto, originalNames: ReadonlyMap<string, string>): boolean {
  const [made = ''] = output
  if ([`${prefix}index`, `${prefix}goes_on`, `${prefix}after`].includes(made)) return true
  return input[1] === `${prefix}index` || (made.endsWith('/row') && originalNames.has(input[0] ?? ''))
}

function sizes(info: Parameters<typeof shapeOf>[0]): number[] {
  return shapeOf(info)!.slice(1) as number[]
}
