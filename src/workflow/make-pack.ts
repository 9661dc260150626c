import { openStore } from '../features/store.js'
import { encodeRehearsalPack } from '../bundle/rehearsal-pack.js'
import { writeFileAtomic } from '../core/atomic-write.js'
import type { CallOptions } from '../core/progress.js'
import { listImages } from '../folders/folder.js'
import { shapeOf, type Backbone } from '../classifier/backbone.js'
import { formFor } from '../precision/form-for.js'
import { chooseProvider } from '../runtime/providers.js'
import { openWorkerSession } from '../runtime/worker-session.js'
import { bottleneckFolder } from './cache.js'
import type { Device, ModelOptions } from '../classifier/model-options.js'
import { cacheDirOf, openBackbone } from '../classifier/open-backbone.js'
import { cachedPackFile, folderRehearsal, type Rehearsal } from '../training/rehearsal.js'

/** Beside the plain view its mirror image; the seed plays no part in that. */
const views = { augment: 1, seed: 0 }

/**
 * Makes a rehearsal pack of a folder of old images and keeps it in the cache, by the backbone's hash.
 *
 * @throws NpluskError as `openBackbone`; `BAD_INPUT` where no image can be read
 */
export async function makePack({
  rehearsal,
  ...options
}: ModelOptions & { readonly rehearsal: string }): Promise<{ file: string; images: number; bytes: number }> {
  const cacheDir = cacheDirOf(options)
  const { backbone } = await openBackbone({ ...options, samples: { old: await listImages(rehearsal), added: [] } })
  const { pack, images } = await packOf(rehearsal, backbone, { ...options, store: bottleneckFolder(cacheDir) })
  const file = cachedPackFile(backbone, cacheDir)
  await writeFileAtomic(file, pack)
  return { file, images, bytes: pack.length }
}

/**
 * The rehearsal pack of a folder of old images.
 *
 * @param options.store folder of the store of features
 * @param metadata what the pack shall say of itself
 */
export async function packOf(
  folder: string,
  backbone: Backbone,
  options: CallOptions & { readonly store: string; readonly device?: Device },
  metadata: Readonly<Record<string, string>> = {},
): Promise<{ pack: Uint8Array; images: number; table: Rehearsal['table'] }> {
  const store = openStore(options.store)
  try {
    const provider = await chooseProvider(options.device ?? 'auto', options.onProgress)
    const form = await formFor(provider, backbone.graph)
    const session = await openWorkerSession(form.model, provider)
    try {
      const { preprocess, graphHash } = backbone
      const extractor = { session, store, preprocess, backbone: graphHash + form.suffix, shape: shapeOf(backbone) }
      const { table, images } = await folderRehearsal(folder, backbone, extractor, { ...options, ...views })
      const about = { model: backbone.name, preprocess: JSON.stringify(backbone.preprocess), ...metadata }
      return { pack: encodeRehearsalPack(table, backbone.sha256, about), images, table }
    } finally {
      await session.close()
    }
  } finally {
    await store.close()
  }
}
