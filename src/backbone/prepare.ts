import type { NodeProto, ValueInfoProto } from '../onnx/model.js'
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
import { flatten, pool } from './pool.js'
import { freeReservedNames } from './reserved-names.js'
import { addedPrefix, partName, tensorNames } from './tensor-names.js'

export { addedPrefix, tensorNames }

/** Newest IR version that ONNX Runtime accepts. */
const newestFormat = 13n

export interface BackboneRecipe {
  readonly location: HeadLocation
  /** Parts of the feature vector, in order; the bottleneck is last. Without any, there is no output `features`. */
  readonly taps: readonly Feature[]
  /** Parts of the output `further`, in order. @default none, and no such output */
  readonly further?: readonly Feature[]
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
 * `base_logits` [batch, N], and `features` [batch, D] and `further` [batch, F], the taps and the further layers side by
 * side. The base's own nodes stay as they are.
 *
 * @throws NpluskError `BAD_MODEL` where the model has further inputs
 */
export function prepareBackbone(base: LoadedModel, recipe: BackboneRecipe): LoadedModel {
  const { location, taps, further = [] } = recipe
  const layers = { features: taps, further }
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
  const logits = `${addedPrefix}logits`
  if (location.logitsShape === 'squeezed') {
    graph.initializer.push(int64Tensor(`${logits}/shape`, [2], [-1, location.classes]))
    after.push(node('Reshape', [floats, `${logits}/shape`], logits))
  } else {
    flatten(after, floats, logits)
  }
  const kept = Array.from({ length: classCount(recipe) }, (_, i) => i + (recipe.dropBackground ? 1 : 0))
  if (recipe.dropBackground) {
    graph.initializer.push(int64Tensor(`${addedPrefix}classes`, [kept.length], kept))
    after.push(node('Gather', [logits, `${addedPrefix}classes`], `${addedPrefix}foreground`, { axis: 1 }))
  }
  const scores = recipe.dropBackground ? `${addedPrefix}foreground` : logits
  after.push(node('Cast', [scores], tensorNames.baseLogits, { to: DataType.FLOAT }))

  const additions = { nodes: after, initializers: graph.initializer, opset: opsetVersion(model) }
  for (const [of, parts] of Object.entries(layers) as [keyof typeof layers, readonly Feature[]][]) {
    const names = parts.map((part, i) => {
      const name = partName(of, i)
      const { tensor, dequantise, ...feature } = renamed(part, newName)
      const values = dequantised(after, tensor, dequantise, name)
      after.push(node('Cast', [pool(additions, { tensor, ...feature }, values, name)], name, { to: DataType.FLOAT }))
      return name
    })
    if (parts.length > 0) after.push(node('Concat', names, tensorNames[of], { axis: 1 }))
  }

  const inputs = new Set(trueInputs(graph).map(({ name }) => name))
  const batch = batchOf(graph.input.find(({ name }) => name === newName(location.input.name)))
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
    ...outputOf(tensorNames.features, taps, batch),
    ...outputOf(tensorNames.further, further, batch),
  ]
  graph.node = [...before, ...graph.node, ...after]
  return recipe.oneByOne ? eachRow(model) : model
}

/** N, the number of classes of the head, without a background class. */
export function classCount({ location, dropBackground }: BackboneRecipe): number {
  return location.classes - (dropBackground ? 1 : 0)
}

function outputOf(name: string, parts: readonly Feature[], batch: number | 'batch'): ValueInfoProto[] {
  const size = parts.reduce((sum, part) => sum + part.size, 0)
  return size > 0 ? [valueInfo(name, DataType.FLOAT, [batch, size])] : []
}

function batchOf(input: Parameters<typeof shapeOf>[0] | undefined): number | 'batch' {
  const first = input && shapeOf(input)?.[0]
  return typeof first === 'number' && first > 0 ? first : 'batch'
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
