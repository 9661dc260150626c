import { node, setMetadata, valueInfo } from '../onnx/build.js'
import { shapeOf } from '../onnx/graph.js'
import { prune } from '../onnx/prune.js'
import { cloneModel, type LoadedModel, type NodeProto } from '../onnx/model.js'
import { DataType, int64Tensor } from '../onnx/tensor.js'
import { logitsName, type AddedHead } from '../head/added-head.js'
import { addedPrefix, tensorNames } from '../backbone/prepare.js'
import { dropStaleMetadata } from './stale-metadata.js'

/** One increment's head, and which of its columns are merged into a base class. */
export interface MergePart {
  readonly head: AddedHead
  /** [k] the base class that a column is merged into; `undefined` for a class of its own. */
  readonly mergedInto: readonly (number | undefined)[]
}

/**
 * Joins a prepared backbone and the added heads into one classifier with input `image` and outputs `logits` and
 * `probabilities` [batch, N + added]. The first N logits are the backbone's own, untouched, except those of merged
 * classes, which become logsumexp(old, new): the logit whose probability is the sum of both.
 *
 * Each increment's head has nodes of its own, so that adding one does not change how another is computed.
 *
 * @param metadata entries for `metadata_props`
 */
export function mergeHeads(
  backbone: LoadedModel,
  parts: readonly MergePart[],
  metadata: Readonly<Record<string, string>>,
): LoadedModel {
  const model = cloneModel(backbone)
  const { graph } = model
  const [batch, baseClasses] = shapeOf(graph.output.find(({ name }) => name === tensorNames.baseLogits)!) as [
    number | string,
    number,
  ]
  let old: string = tensorNames.baseLogits
  let total = baseClasses
  const added: string[] = []

  parts.forEach(({ head, mergedInto }, i) => {
    // The increment only added images to existing classes.
    if (head.columns === 0) return
    const prefix = headPrefix(i)
    const { initializers, nodes } = head.nodes(prefix)
    graph.initializer.push(...initializers)
    graph.node.push(...nodes)
    const columns = mergedInto.map((base, column) => ({ base, column }))
    const merged = columns.filter((entry): entry is { base: number; column: number } => entry.base !== undefined)
    const own = columns.filter(({ base }) => base === undefined).map(({ column }) => column)
    if (merged.length > 0) old = mergeColumns(model, prefix, old, baseClasses, merged)
    if (own.length > 0) {
      added.push(merged.length === 0 ? logitsName(prefix) : gather(model, `${prefix}own`, logitsName(prefix), own))
      total += own.length
    }
  })

  graph.node.push(
    node('Concat', [old, ...added], tensorNames.logits, { axis: 1 }),
    node('Softmax', [tensorNames.logits], tensorNames.probabilities, { axis: 1 }),
  )
  graph.output = [tensorNames.logits, tensorNames.probabilities].map((name) =>
    valueInfo(name, DataType.FLOAT, [batch, total]),
  )
  // Layers that no head reads are not computed.
  prune(graph, (tensor) => tensor.startsWith(addedPrefix) || tensor === tensorNames.further)
  dropStaleMetadata(model)
  for (const [key, value] of Object.entries(metadata)) setMetadata(model, key, value)
  return model
}

/** Prefix of the tensor names of the i-th increment's head. */
export function headPrefix(i: number): string {
  return `${addedPrefix}head${i}/`
}

/** Replaces some old columns, each by the logsumexp of itself and a new column; the others are copied bit for bit. */
function mergeColumns(
  model: LoadedModel,
  prefix: string,
  old: string,
  baseClasses: number,
  merged: readonly { readonly base: number; readonly column: number }[],
): string {
  const oldLogits = gather(
    model,
    `${prefix}old`,
    old,
    merged.map(({ base }) => base),
  )
  const newLogits = gather(
    model,
    `${prefix}joining`,
    logitsName(prefix),
    merged.map(({ column }) => column),
  )
  const place = Array.from({ length: baseClasses }, (_, i) => i)
  merged.forEach(({ base }, i) => (place[base] = baseClasses + i))
  const step = (op: string, inputs: readonly string[], name: string): NodeProto => node(op, inputs, `${prefix}${name}`)
  model.graph.node.push(
    step('Max', [oldLogits, newLogits], 'max'),
    step('Sub', [oldLogits, `${prefix}max`], 'oldShifted'),
    step('Sub', [newLogits, `${prefix}max`], 'newShifted'),
    step('Exp', [`${prefix}oldShifted`], 'oldExp'),
    step('Exp', [`${prefix}newShifted`], 'newExp'),
    step('Add', [`${prefix}oldExp`, `${prefix}newExp`], 'sum'),
    step('Log', [`${prefix}sum`], 'logSum'),
    step('Add', [`${prefix}max`, `${prefix}logSum`], 'merged'),
    node('Concat', [old, `${prefix}merged`], `${prefix}candidates`, { axis: 1 }),
  )
  return gather(model, `${prefix}base`, `${prefix}candidates`, place)
}

function gather(model: LoadedModel, name: string, tensor: string, columns: readonly number[]): string {
  model.graph.initializer.push(int64Tensor(`${name}/columns`, [columns.length], columns))
  model.graph.node.push(node('Gather', [tensor, `${name}/columns`], name, { axis: 1 }))
  return name
}
