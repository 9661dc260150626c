import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExtendResult } from '../../../src/workflow/extend.js'
import { runExtend } from '../child.js'
import { interleaved, median } from '../rounds.js'
import type { SpeedSection } from '../section.js'
import { withFolder } from '../temporary.js'

const rounds = 3

/** A first `--add`, and the same with every bottleneck cached; process start included. */
export const add: SpeedSection = {
  name: 'add',
  run: ({ data, cacheDir: models, say }) =>
    withFolder(async (folder) => {
      const cacheDir = join(folder, 'cache')
      await cp(join(models, 'models'), join(cacheDir, 'models'), { recursive: true })
      const trainShares: number[] = []
      const extend = async () => {
        const out = join(folder, 'extended')
        await rm(out, { recursive: true, force: true })
        const args = ['--add', join(data, 'flowers', 'train'), '--model', 'inception-v3', '--out', out]
        return runExtend<ExtendResult>([...args, '--cache-dir', cacheDir])
      }
      const seconds = await interleaved(rounds, {
        async first() {
          await rm(join(cacheDir, 'bottlenecks'), { recursive: true, force: true })
          const start = performance.now()
          const { seconds: parts } = await extend()
          trainShares.push(parts['train']! / ((performance.now() - start) / 1000))
          say(`add: first, ${JSON.stringify(parts)}`)
        },
        async cached() {
          const { seconds: parts } = await extend()
          say(`add: cached, ${JSON.stringify(parts)}`)
        },
      })
      return {
        cachedAddVsFirst: median(seconds.cached) / median(seconds.first),
        trainShareOfFirstAdd: median(trainShares),
        firstAddSeconds: median(seconds.first),
        cachedAddSeconds: median(seconds.cached),
      }
    }),
}
