import { throwIfAborted } from '../core/errors.js'
import type { CallOptions, Stage } from '../core/progress.js'
import type { Session } from '../runtime/session.js'
import { openBundle } from './bundle.js'
import { contentsOf } from './contents.js'
import type { ChangeNote } from './history/record.js'
import { isBundle } from './layout.js'
import type { Manifest } from './manifest.js'
import { mergedModel } from './merge.js'
import type { BundleParts } from './parts.js'
import { verifyModel } from './verify-model.js'
import { writeBundle } from './write.js'

/**
 * Merges the heads into one model, compares it with the backbone and writes the bundle. Where nothing would change, as
 * when images are given again, the bundle stays, and so does its revision.
 *
 * @param backbone an open session of `parts.backbone`, for the comparison
 * @param note what the history says of the change
 * @returns the manifest of the bundle afterwards
 * @throws NpluskError as `writeBundle`; `BAD_MODEL` when the merged model gives wrong results; `ABORTED`
 */
export async function saveBundle(
  folder: string,
  parts: BundleParts,
  backbone: Session,
  note: ChangeNote,
  { signal, onProgress }: CallOptions = {},
): Promise<Manifest> {
  const report = (stage: Stage, done: number) =>
    onProgress?.({ type: 'progress', stage, done, total: 1, unit: 'steps' })

  report('merge', 0)
  const { manifest, files } = contentsOf(parts)
  const model = mergedModel(parts, manifest)
  const before = { ...manifest, revision: manifest.revision - 1 }
  const isSame = note.keep === undefined && (await isBundleOf(folder, parts, before))
  report('merge', 1)
  if (isSame) return before
  await writeBundle(folder, {
    manifest,
    model,
    files,
    note,
    verify: async (path) => {
      report('verify', 0)
      await verifyModel(path, backbone, manifest)
      report('verify', 1)
      throwIfAborted(signal)
    },
  })
  return manifest
}

/** Whether the folder holds just the bundle that these parts and this manifest make. */
async function isBundleOf(folder: string, parts: BundleParts, manifest: Manifest): Promise<boolean> {
  if (!(await isBundle(folder))) return false
  await using bundle = await openBundle(folder)
  if (JSON.stringify(bundle.manifest) !== JSON.stringify(manifest)) return false
  return Buffer.from(mergedModel(parts, manifest)).equals(await bundle.model())
}
