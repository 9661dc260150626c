import { join } from 'node:path'
import { listImages } from '../../../src/folders/folder.js'
import { runChild, runExtend } from '../child.js'
import { median } from '../rounds.js'
import type { SpeedSection } from '../section.js'
import { withFolder } from '../temporary.js'

const rounds = 25

/**
 * `predict` on one image: the share of its time, process start included, that is not loading the model, decoding or
 * inference, as a process that does nothing else takes for these.
 */
export const startup: SpeedSection = {
  name: 'startup',
  run: ({ data, cacheDir, say }) =>
    withFolder(async (folder) => {
      const bundle = join(folder, 'bundle')
      const textures = join(data, 'textures', 'val')
      await runExtend(['--add', textures, '--model', 'inception-v3', '--out', bundle, '--cache-dir', cacheDir])
      const [image] = await listImages(join(data, 'imagenet-1-per-class'))
      const whole: number[] = []
      const needed: number[] = []
      for (let round = 0; round <= rounds; round++) {
        const start = performance.now()
        await runExtend(['predict', image!, '--model', bundle])
        const seconds = (performance.now() - start) / 1000
        const { load, decode, infer } = await runChild<Record<'load' | 'decode' | 'infer', number>>(
          'bench/speed/bare-predict.js',
          [join(bundle, 'model.onnx'), image!],
        )
        if (round === 0) continue // files come into the system's cache
        whole.push(seconds)
        needed.push(load + decode + infer)
      }
      say(`startup: ${median(whole).toFixed(2)} s, of which ${median(needed).toFixed(2)} s are needed`)
      return { predictOverheadShare: 1 - median(needed) / median(whole), predictOneSeconds: median(whole) }
    }),
}
