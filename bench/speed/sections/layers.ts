import { join } from 'node:path'
import { listImages } from '../../../src/folders/folder.js'
import { loadClassifier } from '../../../src/index.js'
import { runExtend } from '../child.js'
import { interleaved, median } from '../rounds.js'
import type { SpeedSection } from '../section.js'
import { withFolder } from '../temporary.js'

const count = 64
const rounds = 15
const sets = ['flowers', 'cards']

/** Prediction with heads that read the layers chosen for each increment, against heads that read the usual ones. */
export const layers: SpeedSection = {
  name: 'layers',
  run: ({ data, cacheDir, say }) =>
    withFolder(async (folder) => {
      const files = (await listImages(join(data, 'imagenet-1-per-class'))).slice(0, count)
      const open = async (layers: 'auto' | 'default') => {
        const out = join(folder, layers)
        for (const [i, set] of sets.entries()) {
          const options = ['--model', i === 0 ? 'inception-v3' : out, '--out', out, '--layers', layers]
          await runExtend(['--add', join(data, set, 'train'), ...options, '--cache-dir', cacheDir])
          say(`layers: ${set} learned, ${layers}`)
        }
        return loadClassifier({ model: out, cacheDir, device: 'cpu' })
      }
      const chosen = await open('auto')
      const usual = await open('default')
      const predict = async (classifier: typeof chosen) => {
        for await (const result of classifier.classify(files)) if ('error' in result) throw new Error(result.error)
      }
      try {
        const candidates = { chosen: () => predict(chosen), usual: () => predict(usual) }
        await interleaved(1, candidates)
        const seconds = await interleaved(rounds, candidates)
        say(`layers: ${(files.length / median(seconds.chosen)).toFixed(1)} images a second with the chosen ones`)
        return { chosenVsUsualLayers: median(seconds.chosen) / median(seconds.usual) }
      } finally {
        await chosen.close()
        await usual.close()
      }
    }),
}
