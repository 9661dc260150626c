import { toBinary } from '@bufbuild/protobuf'
import { encodeField, fieldAt, fieldsOf, graphOutput, modelGraph, valueName } from './fields.js'
import { ValueInfoProtoSchema, type ValueInfoProto } from './generated/onnx_pb.js'

/**
 * Makes a tensor that a graph computes an output of it. All bytes stay, and behind them comes a second part of the
 * graph, which whoever reads protobuf merges with the first: decoding and encoding a model of 30 MB would hold the
 * thread for a tenth of a second.
 *
 * @returns the model itself where the output is there already
 * @throws RangeError where the bytes are no ONNX file
 */
export function appendOutput(model: Uint8Array, output: ValueInfoProto): Uint8Array {
  if (outputNames(model).includes(output.name)) return model
  const part = encodeField(modelGraph, encodeField(graphOutput, toBinary(ValueInfoProtoSchema, output)))
  // In memory of its own, so that it may be handed to another thread.
  const appended = new Uint8Array(model.length + part.length)
  appended.set(model)
  appended.set(part, model.length)
  return appended
}

function outputNames(model: Uint8Array): string[] {
  const names: string[] = []
  for (const graph of fieldsOf(model)) {
    if (graph.field !== modelGraph) continue
    for (const { field, start, end } of fieldsOf(model, graph.start, graph.end)) {
      if (field === graphOutput) names.push(nameOf(model.subarray(start, end)))
    }
  }
  return names
}

function nameOf(info: Uint8Array): string {
  const { field, start, end } = fieldAt(info, 0)
  return field === valueName ? new TextDecoder().decode(info.subarray(start, end)) : ''
}
