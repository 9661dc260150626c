import { join } from 'node:path'
import { listImages } from '../../../src/folders/folder.js'
import { mergeHeads } from '../../../src/merge/merge-heads.js'
import { knownBackbone } from '../../../src/classifier/known-backbone.js'
import { tensorNames } from '../../../src/backbone/prepare.js'
import { decodeModel, encodeModel } from '../../../src/onnx/model.js'
import { openSession } from '../../../src/runtime/session.js'
import { openWorkerSession } from '../../../src/runtime/worker-session.js'
import { scoreImages } from '../../../src/evaluation/score-images.js'
import { readyBatch, runBare } from '../pixels.js'
import { interleaved, median } from '../rounds.js'
import type { SpeedSection } from '../section.js'

const count = 96
const rounds = 7

/** Prediction from JPEG files against the bare session on pixels that are in memory. */
export const predict: SpeedSection = {
  name: 'predict',
  async run({ data, cacheDir, say }) {
    const { graph, preprocess, classes } = await knownBackbone('inception-v3', { cacheDir })
    const files = (await listImages(join(data, 'imagenet-1-per-class'))).slice(0, count)
    const model = encodeModel(mergeHeads(decodeModel(graph), [], {}))
    const batch = { [tensorNames.image]: await readyBatch(files, preprocess) }
    const outputs = [tensorNames.logits, tensorNames.probabilities]
    const bare = await openSession(model)
    const session = await openWorkerSession(model)
    try {
      const candidates = {
        async predict() {
          for await (const result of scoreImages({ session, preprocess, labels: classes }, files, undefined)) {
            if ('error' in result) throw new Error(result.error)
          }
        },
        session: () => runBare(bare, batch, outputs, files.length),
      }
      await interleaved(1, candidates)
      const seconds = await interleaved(rounds, candidates)
      say(
        `predict: ${(files.length / median(seconds.predict)).toFixed(1)} images a second, the bare session ${(files.length / median(seconds.session)).toFixed(1)}`,
      )
      return { predictVsSession: median(seconds.session) / median(seconds.predict) }
    } finally {
      await session.close()
      await bare.close()
    }
  },
}
