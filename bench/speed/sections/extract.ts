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
import { openInstances } from '../../../src/runtime/instances.js'
import { forkSides } from '../fork-sides.js'
import { readyBatch, runBare } from '../pixels.js'
import type { SpeedContext, SpeedSection } from '../section.js'
import type { OpenSide } from '../side.js'
import { withFolder } from '../temporary.js'

const count = 32
/** A mirror image and a variation of every image. */
const augment = 2
const views = count * (1 + augment)
const rounds = 7

export const extractSides = {
  async extract(context) {
    const { files, graph, preprocess, graphHash } = await prepared(context)
    const session = await openInstances(graph)
    return {
      count: views,
      round: () =>
        withFolder(async (folder) => {
          const store = await openStore(folder)
          try {
            const images = await Promise.all(
              files.map(async (file) => {
                const hash = await hashFile(file)
                return { file, hash, views: [plainView, ...augmentViews(augment, 0, hash)] }
              }),
            )
            const extractor = { session, store, preprocess, graphKey: graphHash, hasFurther: true }
            const { computed } = await extractAll(extractor, images, 'extract')
            if (computed !== views) throw new Error(`${computed} of ${views} views were computed`)
          } finally {
            await store.close()
          }
        }),
      close: () => session.close(),
    }
  },
  async session(context) {
    const { files, graph, preprocess } = await prepared(context)
    const batch = { [tensorNames.image]: await readyBatch(files, preprocess) }
    const session = await openSession(graph)
    return {
      count: views,
      round: () => runBare(session, batch, [tensorNames.features, tensorNames.baseLogits], views),
      close: () => session.close(),
    }
  },
} satisfies Record<string, OpenSide>

async function prepared({ data, cacheDir }: Pick<SpeedContext, 'data' | 'cacheDir'>) {
  const files = (await listImages(join(data, 'flowers', 'train'))).slice(0, count)
  return { files, ...(await knownBackbone('inception-v3', { cacheDir })) }
}

/**
 * Extraction of all views of JPEG files into an empty store against the bare backbone on as many that are in memory.
 */
export const extract: SpeedSection = {
  name: 'extract',
  async run(context) {
    const a = await forkSides('extract', ['extract', 'session'], rounds, context)
    context.say(`extract: ${a.extract.toFixed(1)} views a second, the bare session ${a.session.toFixed(1)}`)
    return { extractVsSession: a.extract / a.session }
  },
}
