import type { NodeProto } from '../onnx/model.js'
import { NpluskError } from '../core/errors.js'
import { node, valueInfo } from '../onnx/build.js'
import { renameTensors } from '../onnx/rename.js'
import { eachRow } from '../onnx/each-row.js'
import { readTensors, shapeOf, trueInputs } from '../onnx/graph.js'
import { cloneModel, opsetVersion, type LoadedModel } from '../onnx/model.js'
import { DataType, int64Tensor } from '../onnx/tensor.js'
import { inputNodes } from './input-nodes.js'
import type { Feature, HeadLocation } from '../locate/locate.js'
import type { Normalisation } from './normalisation.js'
import { freeReservedNames } from './reserved-names.js'
import { addedPrefix, tensorNames } from './tensor-names.js'

export { addedPrefix, tensorNames }

/** Newest IR version that ONNX Runtime accepts. */
const newestFormat = 13n

export interface BackboneRecipe {
  readonly location: HeadLocation
  /** Parts of the feature vector, in order; the bottleneck is last. Without any, there is no output `features`. */
  readonly taps: readonly Feature[]
  /** `undefined` where the graph takes uint8 pixels itself. */
  readonly normalisation: Normalisation | undefined
  readonly width: number
  readonly height: number
  /** Drops column 0 of the logits, the background class. */
  readonly dropBackground: boolean
  /**
   * Runs the graph on the images of a batch one by one: for graphs whose answers depend on the batch.
   * @default false
   */
  readonly oneByOne?: boolean
}

/**
 * Turns a base classifier into a backbone. Input: `image` uint8 [batch, height, width, 3]. Outputs, float32:
 * `base_logits` [batch, N] and `features` [batch, D], the taps side by side. The base's own nodes stay as they are.
 *
 * @throws NpluskError `BAD_MODEL` where the model has further inputs
 */
export function prepareBackbone(base: LoadedModel, recipe: BackboneRecipe): LoadedModel {
  const { location, taps } = recipe
  const model = cloneModel(base)
  const { graph } = model
  // Before IR version 4 every initialiser had to be listed as an input too; those added here are not.
  if (model.irVersion < 4n) model.irVersion = 4n
  // ONNX Runtime rejects newer files by their version alone, even if it could run them; whatever it cannot run still
  // fails on loading.
  if (model.irVersion > newestFormat) model.irVersion = newestFormat
  const rename = freeReservedNames(graph)
  renameTensors(graph, rename)
  const newName = (name: string) => rename.get(name) ?? name

  const before = inputNodes(graph, { ...location.input, name: newName(location.input.name) }, recipe.normalisation)
  const after: NodeProto[] = []
  const floats = dequantised(
    after,
    newName(location.logits),
    renamedDequantise(location.dequantiseLogits, newName),
    `${addedPrefix}scores`,
  )
  const logits = flatten(after, floats, `${addedPrefix}logits`)
  const kept = Array.from({ length: classCount(recipe) }, (_, i) => i + (recipe.dropBackground ? 1 : 0))
  if (recipe.dropBackground) {
    graph.initializer.push(int64Tensor(`${addedPrefix}classes`, [kept.length], kept))
    after.push(node('Gather', [logits, `${addedPrefix}classes`], `${addedPrefix}foreground`, { axis: 1 }))
  }
  const scores = recipe.dropBackground ? `${addedPrefix}foreground` : logits
  after.push(node('Cast', [scores], tensorNames.baseLogits, { to: DataType.FLOAT }))

  const opset = opsetVersion(model)
  const tapOutputs = taps.map((tap, i) => {
    const name = `${addedPrefix}tap${i}`
    const pooled = reduce(after, graph.initializer, renamed(tap, newName), name, opset)
    after.push(node('Cast', [pooled], name, { to: DataType.FLOAT }))
    return name
  })
  if (taps.length > 0) after.push(node('Concat', tapOutputs, tensorNames.features, { axis: 1 }))

  const inputs = new Set(trueInputs(graph).map(({ name }) => name))
  const batch = batchOf(graph.input.find(({ name }) => inputs.has(name)))
  const read = readTensors(graph)
  const others = [...inputs].filter((name) => name !== newName(location.input.name) && read.has(name))
  if (others.length > 0) {
    throw new NpluskError(
      'BAD_MODEL',
      `The model has inputs besides the image (${others.join(', ')}); export it with the image as its only input.`,
    )
  }
  graph.input = [valueInfo(tensorNames.image, DataType.UINT8, [batch, recipe.height, recipe.width, 3])]
  graph.output = [
    valueInfo(tensorNames.baseLogits, DataType.FLOAT, [batch, classCount(recipe)]),
    ...(taps.length > 0
      ? [valueInfo(tensorNames.features, DataType.FLOAT, [batch, taps.reduce((sum, { size }) => sum + size, 0)])]
      : []),
  ]
  graph.node = [...before, ...graph.node, ...after]
  return recipe.oneByOne ? eachRow(model) : model
}

/** N, the number of classes of the head, without a background class. */
export function classCount({ location, dropBackground }: BackboneRecipe): number {
  return location.classes - (dropBackground ? 1 : 0)
}

function batchOf(input: Parameters<typeof shapeOf>[0] | undefined): number | 'batch' {
  const first = input && shapeOf(input)?.[0]
  return typeof first === 'number' && first > 0 ? first : 'batch'
}

function flatten(nodes: NodeProto[], tensor: string, name: string): string {
  nodes.push(node('Flatten', [tensor], name, { axis: 1 }))
  return name
}

type Dequantise = Feature['dequantise']

function renamedDequantise(by: Dequantise, newName: (name: string) => string): Dequantise {
  return by && { scale: newName(by.scale), zeroPoint: newName(by.zeroPoint) }
}

function renamed({ dequantise, ...tap }: Feature, newName: (name: string) => string): Feature {
  const by = renamedDequantise(dequantise, newName)
  return { ...tap, tensor: newName(tap.tensor), ...(by ? { dequantise: by } : {}) }
}

/** Adds a DequantizeLinear where the tensor holds 8-bit integers. */
function dequantised(nodes: NodeProto[], tensor: string, by: Dequantise, name: string): string {
  if (!by) return tensor
  const inputs = [tensor, by.scale, ...(by.zeroPoint === '' ? [] : [by.zeroPoint])]
  nodes.push(node('DequantizeLinear', inputs, `${name}/float`))
  return `${name}/float`
}

function reduce(
  nodes: NodeProto[],
  initializers: LoadedModel['graph']['initializer'],
  tap: Feature,
  name: string,
  opset: number,
): string {
  let current = dequantised(nodes, tap.tensor, tap.dequantise, name)
  if (tap.select) {
    initializers.push(int64Tensor(`${name}/index`, [1], [tap.select.index]))
    nodes.push(node('Gather', [current, `${name}/index`], `${name}/selected`, { axis: tap.select.axis }))
    current = `${name}/selected`
  } else if (tap.axes.length > 0) {
    if (opset >= 18) {
      initializers.push(int64Tensor(`${name}/axes`, [tap.axes.length], tap.axes))
      nodes.push(node('ReduceMean', [current, `${name}/axes`], `${name}/mean`, { keepdims: 1 }))
    } else {
      nodes.push(node('ReduceMean', [current], `${name}/mean`, { axes: tap.axes, keepdims: 1 }))
    }
    current = `${name}/mean`
  }
  return flatten(nodes, current, `${name}/flat`)
}
