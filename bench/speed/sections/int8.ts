import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listImages } from '../../../src/folders/folder.js'
import { fetchKnownModel } from '../../../src/catalog/fetch-model.js'
import { decodeModel, encodeModel } from '../../../src/onnx/model.js'
import { toPrecision } from '../../../src/precision/convert.js'
import { openSession, type Session } from '../../../src/runtime/session.js'
import { readyBatch, runBare } from '../pixels.js'
import { interleaved, median } from '../rounds.js'
import type { SpeedSection } from '../section.js'

const count = 64
const rounds = 7

/** The default model as it ships against its float32 form, the same weights and clamps, in bare sessions. */
export const int8: SpeedSection = {
  name: 'int8',
  async run({ data, cacheDir, say }) {
    const { file, known } = await fetchKnownModel('inception-v3', { cacheDir })
    const float32 = toPrecision(decodeModel(await readFile(file)), 'float32')
    const [info] = float32.graph.input
    const [output] = float32.graph.output
    const photographs = await listImages(join(data, 'imagenet-1-per-class'))
    const input = { [info!.name]: await readyBatch(photographs, known.preprocess) }
    const sessions: Session[] = []
    try {
      for (const model of [file, encodeModel(float32)]) sessions.push(await openSession(model))
      const [quantised, plain] = sessions
      const candidates = {
        int8: () => runBare(quantised!, input, [output!.name], count),
        float32: () => runBare(plain!, input, [output!.name], count),
      }
      await interleaved(1, candidates)
      const seconds = await interleaved(rounds, candidates)
      say(
        `int8: ${((1000 * median(seconds.int8)) / count).toFixed(1)} ms an image, float32 ${((1000 * median(seconds.float32)) / count).toFixed(1)}`,
      )
      return { int8VsFloat32: median(seconds.float32) / median(seconds.int8) }
    } finally {
      for (const session of sessions) await session.close()
    }
  },
}
