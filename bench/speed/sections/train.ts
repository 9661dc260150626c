import { ortBackend } from '../../../src/head/linear/ort-backend.js'
import { train as trainHead } from '../../../src/head/linear/train.js'
import { buildTrainingSet } from '../../../src/head/training-set.js'
import { openTfjsEvaluator } from '../../../src/tfjs/tfjs-evaluator.js'
import { loadTfjs } from '../../../src/tfjs/load.js'
import { regularisations } from '../../../src/head/regularisations.js'
import { trainingIncrement } from '../../accuracy/data.js'
import { openLab } from '../../accuracy/lab.js'
import { interleaved, median } from '../rounds.js'
import type { SpeedSection } from '../section.js'

const rounds = 2

/** The training of the flowers' head, cross-validation included, on both backends. */
export const train: SpeedSection = {
  name: 'train',
  async run({ data, cacheDir, say }) {
    const lab = await openLab({ data, cacheDir })
    try {
      say('train: features of the flowers')
      const { increment, table } = await trainingIncrement(lab, 'flowers', 'separate')
      const classes = increment.classes.length
      const set = buildTrainingSet({ added: table, classes, rehearsal: lab.rehearsal })
      const options = { regularisations, seed: 0 }
      say(
        `train: ${set.target.length} rows of ${set.groups[0]!.features.dim}, tfjs on ${(await loadTfjs()).getBackend()}`,
      )
      const seconds = await interleaved(rounds, {
        ort: () => trainHead(set, ortBackend(), options),
        tfjs: () => trainHead(set, { open: openTfjsEvaluator, compact: false }, options),
      })
      say(`train: ${JSON.stringify(seconds)}`)
      return {
        trainOrtVsTfjs: median(seconds.tfjs.map((tfjs, round) => tfjs / seconds.ort[round]!)),
        trainSeconds: median(seconds.ort),
      }
    } finally {
      await lab.close()
    }
  },
}
