import { writeFileAtomic } from '../core/atomic-write.js'
import { NpluskError } from '../core/errors.js'
import type { Rehearsal } from '../bundle/parts.js'
import { encodeRehearsalPack, mostPacked } from '../bundle/rehearsal-pack.js'
import { cacheDirOf } from '../catalog/cache-folder.js'
import type { ModelOptions } from '../classifier/model-options.js'
import { openBackbone } from '../classifier/open-backbone.js'
import { tableDims, type Backbone } from '../features/backbone.js'
import { openExtractor, type ExtractorOptions } from '../features/extractor.js'
import { listImages } from '../folders/folder.js'
import { cachedPackFile, folderRehearsal } from './rehearsal.js'

/** The plain view alone: a mirror image would double a pack, and more layers are worth more. */
const views = { augment: 0, seed: 0 }

/**
 * Makes a rehearsal pack of a folder of old images and keeps it in the cache under the backbone's hash.
 *
 * @throws NpluskError as `openBackbone`; `BAD_INPUT` when no image can be read, or there are more than a pack can hold
 */
export async function makePack({
  rehearsal,
  ...options
}: ModelOptions & { readonly rehearsal: string }): Promise<{ file: string; images: number; bytes: number }> {
  const old = await listImages(rehearsal)
  const { backbone } = await openBackbone({ ...options, samples: { old, added: [] } })
  const most = mostPacked(tableDims(backbone))
  if (old.length > most) {
    const message = `${rehearsal} holds ${old.length} images, and a rehearsal pack of ${backbone.name} at most ${most}; give a folder with fewer.`
    throw new NpluskError('BAD_INPUT', message)
  }
  const { pack, images } = await packOf(rehearsal, backbone, options)
  const file = cachedPackFile(backbone, cacheDirOf(options))
  await writeFileAtomic(file, pack)
  return { file, images, bytes: pack.length }
}

/**
 * Makes the rehearsal pack of a folder of old images.
 *
 * @param metadata further entries of the pack's metadata
 */
export async function packOf(
  folder: string,
  backbone: Backbone,
  options: ExtractorOptions,
  metadata: Readonly<Record<string, string>> = {},
): Promise<{ pack: Uint8Array; images: number; table: Rehearsal['table'] }> {
  await using extractor = await openExtractor(backbone, options)
  const { table, images } = await folderRehearsal(folder, backbone, extractor, { ...options, ...views })
  const about = { model: backbone.name, preprocess: JSON.stringify(backbone.preprocess), ...metadata }
  return { pack: encodeRehearsalPack(table, backbone.sha256, about), images, table }
}
