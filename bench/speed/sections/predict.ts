import { join } from 'node:path'
import { listImages } from '../../../src/folders/folder.js'
import { mergeHeads } from '../../../src/merge/merge-heads.js'
import { knownBackbone } from '../../../src/classifier/known-backbone.js'
import { tensorNames } from '../../../src/backbone/prepare.js'
import { decodeModel, encodeModel } from '../../../src/onnx/model.js'
import { openSession } from '../../../src/runtime/session.js'
import { openInstances } from '../../../src/runtime/instances.js'
import { scoreImages } from '../../../src/evaluation/score-images.js'
import { forkSides } from '../fork-sides.js'
import { readyBatch, runBare } from '../pixels.js'
import type { SpeedContext, SpeedSection } from '../section.js'
import type { OpenSide } from '../side.js'

const count = 96
const rounds = 7

export const predictSides = {
  async predict(context) {
    const { files, model, preprocess, classes } = await prepared(context)
    const session = await openInstances(model)
    return {
      count: files.length,
      async round() {
        for await (const result of scoreImages({ session, preprocess, labels: classes }, files, undefined)) {
          if ('error' in result) throw new Error(result.error)
        }
      },
      close: () => session.close(),
    }
  },
  async session(context) {
    const { model, batch } = await bareBatch(context)
    const outputs = [tensorNames.logits, tensorNames.probabilities]
    const session = await openSession(model)
    return {
      count,
      round: () => runBare(session, { [tensorNames.image]: batch }, outputs, count),
      close: () => session.close(),
    }
  },
} satisfies Record<string, OpenSide>

/** The model, and a batch for it that is in memory. */
export async function bareBatch(context: Pick<SpeedContext, 'data' | 'cacheDir'>) {
  const { files, model, preprocess } = await prepared(context)
  return { model, batch: await readyBatch(files, preprocess) }
}

async function prepared({ data, cacheDir }: Pick<SpeedContext, 'data' | 'cacheDir'>) {
  const { graph, preprocess, classes } = await knownBackbone('inception-v3', { cacheDir })
  const files = (await listImages(join(data, 'imagenet-1-per-class'))).slice(0, count)
  return { files, model: encodeModel(mergeHeads(decodeModel(graph), [], {})), preprocess, classes }
}

/** Prediction from JPEG files against the bare session on pixels that are in memory. */
export const predict: SpeedSection = {
  name: 'predict',
  async run(context) {
    const a = await forkSides('predict', ['predict', 'session'], rounds, context)
    context.say(`predict: ${a.predict.toFixed(1)} images a second, the bare session ${a.session.toFixed(1)}`)
    return { predictVsSession: a.predict / a.session }
  },
}
