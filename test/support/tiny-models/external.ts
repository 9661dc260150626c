import { create } from '@bufbuild/protobuf'
import { StringStringEntryProtoSchema, TensorProto_DataLocation } from '../../../src/onnx/generated/onnx_pb.js'
import { changed, cloneModel, decodeModel, encodeModel, type LoadedModel } from '../../../src/onnx/model.js'

/** The model with its initialisers in one external file, each at its own offset, and what this file holds. */
export function movedOut(inside: LoadedModel, location: string): { model: LoadedModel; data: Buffer } {
  const model = cloneModel(inside)
  const parts: Uint8Array[] = []
  let offset = 0
  model.graph.initializer = model.graph.initializer.map((tensor) => {
    const entries = {
      location,
      offset: String(offset),
      length: String(tensor.rawData.length),
    }
    parts.push(tensor.rawData)
    offset += tensor.rawData.length
    const externalData = Object.entries(entries).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    )
    return changed(tensor, {
      rawData: new Uint8Array(),
      externalData,
      dataLocation: TensorProto_DataLocation.EXTERNAL,
    })
  })
  return { model: decodeModel(encodeModel(model)), data: Buffer.concat(parts) }
}
