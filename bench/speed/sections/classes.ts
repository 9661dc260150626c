import { join } from 'node:path'
import { LinearHead } from '../../../src/head/linear/linear-head.js'
import { listImages } from '../../../src/folders/folder.js'
import { createRandom } from '../../../src/math/random.js'
import { mergeHeads } from '../../../src/merge/merge-heads.js'
import { knownBackbone } from '../../../src/classifier/known-backbone.js'
import { decodeModel, encodeModel } from '../../../src/onnx/model.js'
import type { Session } from '../../../src/runtime/session.js'
import { openWorkerSession } from '../../../src/runtime/worker-session.js'
import { scoreImages } from '../../../src/evaluation/score-images.js'
import { interleaved, median } from '../rounds.js'
import type { SpeedSection } from '../section.js'

const count = 64
const rounds = 15

/** Prediction with very many added classes against that with a few; what the heads answer does not matter. */
export const classes: SpeedSection = {
  name: 'classes',
  async run({ data, cacheDir, say }) {
    const { graph, preprocess, dim, classes } = await knownBackbone('inception-v3', { cacheDir })
    const files = (await listImages(join(data, 'imagenet-1-per-class'))).slice(0, count)
    const open = (added: number) =>
      openWorkerSession(
        encodeModel(
          mergeHeads(
            decodeModel(graph),
            [{ head: randomHead(dim, added), mergedInto: Array.from({ length: added }, () => undefined) }],
            {},
          ),
        ),
      )
    const few = await open(5)
    const many = await open(500)
    const predict = async (session: Session, added: number) => {
      const labels = { length: classes.length + added }
      for await (const result of scoreImages({ session, preprocess, labels }, files, undefined)) {
        if ('error' in result) throw new Error(result.error)
      }
    }
    try {
      const candidates = { few: () => predict(few, 5), many: () => predict(many, 500) }
      await interleaved(1, candidates)
      const seconds = await interleaved(rounds, candidates)
      say(
        `classes: ${(files.length / median(seconds.few)).toFixed(1)} images a second with 5, ${(files.length / median(seconds.many)).toFixed(1)} with 500`,
      )
      return { predict500Vs5: median(seconds.many) / median(seconds.few) }
    } finally {
      await few.close()
      await many.close()
    }
  },
}

function randomHead(dim: number, added: number): LinearHead {
  const random = createRandom(`bench:${added}`)
  const weight = Float32Array.from({ length: dim * added }, () => 0.02 * (random.next() - 0.5))
  return new LinearHead({ dim, columns: added, weight, bias: new Float32Array(added) })
}
