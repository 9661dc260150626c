import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { prepareBackbone } from '../../../src/backbone/prepare.js'
import { hashOf } from '../../../src/core/hash-of.js'
import { encodeModel } from '../../../src/onnx/model.js'
import { TensorProto_DataLocation as DataLocation } from '../../../src/onnx/generated/onnx_pb.js'
import { readClassifierFile } from '../../../src/preprocessing/classifier-file.js'
import { preprocessOf } from '../../../src/preprocessing/usual-input.js'
import { openSession } from '../../../src/runtime/session.js'
import { tfliteToOnnx } from '../../../src/tflite/convert.js'
import { readTflite } from '../../../src/tflite/read.js'
import { headModel, heads } from '../../../test/support/tiny-models/heads.js'
import { dynamicallyQuantised, qOperator } from '../../../test/support/tiny-models/quantised.js'
import { topologies } from '../../../test/support/tiny-models/topologies.js'
import { tinyClassifier } from '../../../test/tflite/tiny-classifier.js'
import { writeTflite } from '../../../test/tflite/write-tflite.js'
import { bytesMutator } from '../mutate/bytes.js'
import { mutateProtobuf } from '../mutate/protobuf.js'
import type { Target } from '../target.js'

const weights = 'model.onnx.data'

/** An ONNX classifier, up to what the runtime is given; which opens one of sixteen. */
export const onnx: Target = {
  name: 'onnx',
  seeds: () => {
    const models = [
      ...Object.keys(heads).map((name) => headModel(name).model),
      ...Object.values(topologies).map((make) => make().model),
      dynamicallyQuantised(),
      qOperator(),
    ]
    return Promise.resolve([...models.map(encodeModel).filter(({ length }) => length < 40_000), outsideWeights()])
  },
  mutate: mutateProtobuf,
  open: (folder) => {
    const file = join(folder, 'model.onnx')
    writeFileSync(join(folder, weights), new Uint8Array(2 ** 16))
    mkdirSync(join(folder, 'below'))
    return Promise.resolve({
      async run(input) {
        writeFileSync(file, input)
        const source = await readClassifierFile(file)
        const { width, height } = preprocessOf(source)
        const { location, model, named } = source
        const recipe = { location, taps: [...location.taps, location.bottleneck], normalisation: undefined }
        const prepared = prepareBackbone(model, { ...recipe, width, height, dropBackground: named.background })
        const graph = encodeModel(prepared)
        if (hashOf(input).startsWith('0')) await (await openSession(graph, 'cpu', { threads: 1 })).close()
      },
    })
  },
}

/** A model whose weights lie in a file beside it. */
function outsideWeights(): Uint8Array {
  const { model } = headModel(Object.keys(heads)[0]!)
  for (const tensor of model.graph.initializer) {
    if (tensor.rawData.length < 64) continue
    const entries = { location: weights, offset: '0', length: String(tensor.rawData.length) }
    tensor.dataLocation = DataLocation.EXTERNAL
    tensor.externalData = Object.entries(entries).map(([key, value]) => ({
      $typeName: 'onnx.StringStringEntryProto',
      key,
      value,
    }))
    tensor.rawData = new Uint8Array()
  }
  return encodeModel(model)
}

/** A TFLite classifier, converted in both forms. */
export const tflite: Target = {
  name: 'tflite',
  seeds: () => Promise.resolve([writeTflite(tinyClassifier())]),
  mutate: bytesMutator(['TFL3', 'logits', 'image', '\0\0\0\0', '\xff\xff\xff\xff']),
  open: () =>
    Promise.resolve({
      run(input) {
        const model = readTflite(input, 'a.tflite')
        for (const form of ['qdq', 'float32'] as const) encodeModel(tfliteToOnnx(model, { form }))
        return Promise.resolve()
      },
    }),
}
