import { join } from 'node:path'
import { extract as extractAll } from '../../../src/features/extract.js'
import { openStore } from '../../../src/features/store.js'
import { augmentViews } from '../../../src/image/augment.js'
import { listImages } from '../../../src/folders/folder.js'
import { hashFile } from '../../../src/core/hash-file.js'
import { plainView } from '../../../src/image/types.js'
import { knownBackbone } from '../../../src/classifier/known-backbone.js'
import { tensorNames } from '../../../src/backbone/prepare.js'
import { openSession } from '../../../src/runtime/session.js'
import { openWorkerSession } from '../../../src/runtime/worker-session.js'
import { defaultAugment } from '../../../src/training/defaults.js'
import { readyBatch, runBare } from '../pixels.js'
import { interleaved, median } from '../rounds.js'
import type { SpeedSection } from '../section.js'
import { withFolder } from '../temporary.js'

const count = 32
const rounds = 7

/**
 * Extraction of all views of JPEG files into an empty store against the bare backbone on as many that are in memory.
 */
export const extract: SpeedSection = {
  name: 'extract',
  async run({ data, cacheDir, say }) {
    const { graph, preprocess, graphHash } = await knownBackbone('inception-v3', { cacheDir })
    const files = (await listImages(join(data, 'flowers', 'train'))).slice(0, count)
    const batch = { [tensorNames.image]: await readyBatch(files, preprocess) }
    const views = files.length * (1 + defaultAugment)
    const bare = await openSession(graph)
    const session = await openWorkerSession(graph)
    const candidates = {
      extract: () =>
        withFolder(async (folder) => {
          const store = openStore(folder)
          try {
            const images = await Promise.all(
              files.map(async (file) => {
                const hash = await hashFile(file)
                return { file, hash, views: [plainView, ...augmentViews(defaultAugment, 0, hash)] }
              }),
            )
            const { computed } = await extractAll(
              { session, store, preprocess, graphKey: graphHash },
              images,
              'extract',
            )
            if (computed !== views) throw new Error(`${computed} of ${views} views were computed`)
          } finally {
            await store.close()
          }
        }),
      session: () => runBare(bare, batch, [tensorNames.features, tensorNames.baseLogits], views),
    }
    try {
      await interleaved(1, candidates)
      const seconds = await interleaved(rounds, candidates)
      say(
        `extract: ${(views / median(seconds.extract)).toFixed(1)} views a second, the bare session ${(views / median(seconds.session)).toFixed(1)}`,
      )
      return { extractVsSession: median(seconds.session) / median(seconds.extract) }
    } finally {
      await session.close()
      await bare.close()
    }
  },
}
