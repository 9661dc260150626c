import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { filesOf, manifestFile, modelFile } from '../layout.js'
import type { Manifest } from '../manifest.js'
import { revisionsOf } from './chain.js'
import { defaultKeep } from './record.js'
import { historyFolder, parseRevisionFile, revisionFile } from './revision-file.js'

/**
 * Deletes the files of a bundle that neither the current revision nor a kept one needs, and the records of changes that
 * were never completed. Records of completed changes stay; what cannot be deleted stays too.
 *
 * @param manifest the current one
 */
export async function removeUnused(folder: string, manifest: Manifest): Promise<void> {
  const [current, ...earlier] = await revisionsOf(folder, manifest)
  const kept = earlier.slice(0, current.record?.keep ?? defaultKeep)
  const manifests = [manifest, ...kept.flatMap((one) => one.kept?.manifest ?? [])]
  const used = new Set([modelFile, manifestFile, ...manifests.flatMap(filesOf)])
  const bundleFile = /^(backbone|rehearsal|features)-[0-9a-f]{16}\.(onnx|safetensors)$/
  await removeFrom(folder, (name) => bundleFile.test(name) && !used.has(name))

  const records = new Set([current, ...earlier].map((one) => revisionFile(one, 'record')))
  const revisions = new Set(kept.map((one) => revisionFile(one, 'kept')))
  // A gap ends what is known of a history; records of what was before may be of use to a person.
  const oldest = earlier.at(-1)?.revision ?? current.revision
  await removeFrom(join(folder, historyFolder), (name) => {
    const file = parseRevisionFile(name)
    if (file === undefined) return false
    const path = revisionFile(file, file.kind)
    return file.kind === 'kept' ? !revisions.has(path) : !records.has(path) && file.revision >= oldest
  })
}

async function removeFrom(folder: string, isUnused: (name: string) => boolean): Promise<void> {
  const names: string[] = await readdir(folder).catch(() => [])
  for (const name of names.filter(isUnused)) await rm(join(folder, name), { force: true }).catch(() => undefined)
}
