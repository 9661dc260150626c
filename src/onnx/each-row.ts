import { create } from '@bufbuild/protobuf'
import { node, valueInfo } from './build.js'
import { GraphProtoSchema } from './generated/onnx_pb.js'
import { elementTypeOf, shapeOf } from './graph.js'
import { changed, cloneModel, type LoadedModel, type NodeProto } from './model.js'
import { renameTensors } from './rename.js'
import { DataType, int64Tensor, tensor } from './tensor.js'

/** What is added here is named under this, and the graph's own input and outputs are, inside. */
const prefix = 'nplusk/rows/'

/**
 * Runs a graph once for each row of its batch, in a Loop, and puts the answers together: what a row gets does not
 * depend on the others, whatever the graph does, and its bits are those of the graph run on this row alone.
 *
 * Its initialisers go inside as well: the runtime arranges weights for its fastest kernels only where it finds them
 * there, and other kernels round differently.
 *
 * @param model with one input [batch, …] and outputs [batch, …] of known size
 * @returns a new model whose batch is free
 */
export function eachRow(model: LoadedModel): LoadedModel {
  const result = cloneModel(model)
  const { graph } = result
  const input = graph.input[0]!
  const outputs = [...graph.output]
  const own = (name: string) => `${prefix}${name}`
  renameTensors(graph, new Map([input, ...outputs].map(({ name }) => [name, own(name)])))

  const constants = [...graph.initializer, int64Tensor(`${prefix}one_row`, [1], [1])]
  const rows: NodeProto[] = []
  const scans = outputs.map((info) => {
    const dims = sizes(info)
    constants.push(int64Tensor(`${own(info.name)}/shape`, [dims.length], dims))
    rows.push(node('Reshape', [own(info.name), `${own(info.name)}/shape`], `${own(info.name)}/row`))
    return valueInfo(`${own(info.name)}/row`, elementTypeOf(info), dims)
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
      node('Gather', [input.name, `${prefix}index`], own(input.name), { axis: 0 }),
      ...graph.node,
      ...rows,
      node('Identity', [`${prefix}going`], `${prefix}goes_on`),
      // A Loop of the first operator sets has to hand something on from one round to the next.
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

/** Whether `eachRow` made a model, or what a model was made from. */
export function isEachRow({ graph }: LoadedModel): boolean {
  return graph.node.some(isLoop)
}

/**
 * The graph that `eachRow` was given, to look at.
 *
 * @returns `model` itself where it is of another making
 */
export function rowGraph(model: LoadedModel): LoadedModel {
  const result = cloneModel(model)
  const { graph } = result
  const loop = graph.node.find(isLoop)
  const body = loop?.attribute.find(({ name }) => name === 'body')?.g
  if (!loop || !body) return model
  const names = [...graph.input.map(({ name }) => name), ...loop.output.slice(1)]
  const own = new Map(names.map((name) => [`${prefix}${name}`, name]))
  const inner = changed(graph, {
    node: body.node.filter((one) => !isPlumbing(one, own)),
    initializer: body.initializer.filter(({ name }) => !name.startsWith(prefix)),
    valueInfo: [],
  })
  renameTensors(inner, own)
  result.graph = inner
  return result
}

const isLoop = ({ opType, name }: NodeProto): boolean => opType === 'Loop' && name === `${prefix}loop`

/** Whether a node of the Loop's body brings a row in or out. */
function isPlumbing({ output, input }: NodeProto, own: ReadonlyMap<string, string>): boolean {
  const [made = ''] = output
  if ([`${prefix}index`, `${prefix}goes_on`, `${prefix}after`].includes(made)) return true
  return input[1] === `${prefix}index` || (made.endsWith('/row') && own.has(input[0] ?? ''))
}

function sizes(info: Parameters<typeof shapeOf>[0]): number[] {
  return shapeOf(info)!.slice(1) as number[]
}
