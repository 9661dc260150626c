import { featuresOf, type Part } from '../layout.js'
import type { Increment, Manifest } from '../manifest.js'
import { checkBundleFile, type InFolder } from '../own-file.js'

/**
 * A manifest as of a sealed bundle: with the hash of every file that it names. Bundles of earlier versions lack some,
 * and those files are read.
 *
 * @throws NpluskError `BAD_BUNDLE` when such a file is damaged, `IO` when it may not be read
 */
export async function sealedManifest(bundle: InFolder, manifest: Manifest): Promise<Manifest> {
  const hashOf = async (part: Part) => part.sha256 ?? (await checkBundleFile(bundle, part)).sha256
  const { rehearsal } = manifest
  const increments: Increment[] = []
  for (const one of manifest.increments) increments.push({ ...one, sha256: await hashOf(featuresOf(one)) })
  return {
    ...manifest,
    rehearsal: rehearsal && { ...rehearsal, sha256: await hashOf(rehearsal) },
    increments,
    sealed: true,
  }
}
