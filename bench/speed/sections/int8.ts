import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listImages } from '../../../src/folders/folder.js'
import { fetchKnownModel } from '../../../src/catalog/fetch-model.js'
import { decodeModel, encodeModel, type LoadedModel } from '../../../src/onnx/model.js'
import { toPrecision } from '../../../src/precision/convert.js'
import { openSession } from '../../../src/runtime/session.js'
import { forkSides } from '../fork-sides.js'
import { readyBatch, runBare } from '../pixels.js'
import type { SpeedSection } from '../section.js'
import type { OpenSide } from '../side.js'

const count = 64
const rounds = 7

export const int8Sides = {
  int8: bare((model) => model),
  float32: bare((model) => toPrecision(model, 'float32')),
} satisfies Record<string, OpenSide>

/** A bare session of the default model in some form. */
function bare(form: (model: LoadedModel) => LoadedModel): OpenSide {
  return async ({ data, cacheDir }) => {
    const { file, known } = await fetchKnownModel('inception-v3', { cacheDir })
    const model = form(decodeModel(await readFile(file)))
    const [info] = model.graph.input
    const [output] = model.graph.output
    const photographs = await listImages(join(data, 'imagenet-1-per-class'))
    const input = { [info!.name]: await readyBatch(photographs, known.preprocess) }
    const session = await openSession(encodeModel(model))
    return { count, round: () => runBare(session, input, [output!.name], count), close: () => session.close() }
  }
}

/** The default model as it ships against its float32 form, the same weights and clamps, in bare sessions. */
export const int8: SpeedSection = {
  name: 'int8',
  async run(context) {
    const a = await forkSides('int8', ['int8', 'float32'], rounds, context)
    context.say(`int8: ${(1000 / a.int8).toFixed(1)} ms an image, float32 ${(1000 / a.float32).toFixed(1)}`)
    return { int8VsFloat32: a.int8 / a.float32 }
  },
}
