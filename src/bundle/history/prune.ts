import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { filesOf, manifestFile, modelFile } from '../layout.js'
import type { Manifest } from '../manifest.js'
import { revisionsOf } from './chain.js'
import { keepOf } from './keep.js'
import { readKept, type KeptRevision } from './kept.js'
import { historyFolder, parseRevisionFile, revisionFile } from './revision-file.js'

/**
 * Deletes the files of a bundle that neither the current revision nor a kept one needs, and the records of changes that
 * were never completed. Records of completed changes stay; what cannot be deleted stays too. A gap ends what is known
 * of a history, and what was kept before it stays as long as it would without the gap: once the missing record is back,
 * it can be brought back.
 *
 * @param manifest the current one
 */
export async function removeUnused(folder: string, manifest: Manifest): Promise<void> {
  const [current, ...earlier] = await revisionsOf(folder, manifest)
  const keep = current.record?.keep ?? (await keepOf(folder, current.revision))
  const kept = earlier.slice(0, keep)
  const oldest = earlier.at(-1)?.revision ?? current.revision
  const isBeforeGap = (revision: number) => revision < oldest && revision >= current.revision - keep
  const beforeGap = await keptWhere(folder, isBeforeGap)
  const manifests = [manifest, ...[...kept.flatMap((one) => one.kept ?? []), ...beforeGap].map((one) => one.manifest)]
  const used = new Set([modelFile, manifestFile, ...manifests.flatMap(filesOf)])
  // Which files a damaged one needs is not known; they are there when a copy of it comes back.
  const isUnused = (name: string) => !kept.some((one) => one.isDamaged) && !used.has(name)
  const bundleFile = /^(backbone|rehearsal|features)-[0-9a-f]{16}\.(onnx|safetensors)$/
  await removeFrom(folder, (name) => bundleFile.test(name) && isUnused(name))

  const records = new Set([current, ...earlier].map((one) => revisionFile(one, 'record')))
  const revisions = new Set(kept.map((one) => revisionFile(one, 'kept')))
  await removeFrom(join(folder, historyFolder), (name) => {
    const file = parseRevisionFile(name)
    if (file === undefined) return false
    const path = revisionFile(file, file.kind)
    return file.kind === 'kept'
      ? !revisions.has(path) && !isBeforeGap(file.revision)
      : !records.has(path) && file.revision >= oldest
  })
}

/** What is kept of revisions by their number, whether or not records lead to them. */
async function keptWhere(folder: string, isWanted: (revision: number) => boolean): Promise<KeptRevision[]> {
  const names: string[] = await readdir(join(folder, historyFolder)).catch(() => [])
  const files = names.flatMap((name) => parseRevisionFile(name) ?? [])
  const wanted = files.filter(({ kind, revision }) => kind === 'kept' && isWanted(revision))
  const found = await Promise.all(wanted.map((id) => readKept(folder, id)))
  return found.flatMap((one) => (one === undefined || one === 'damaged' ? [] : one))
}

async function removeFrom(folder: string, isUnused: (name: string) => boolean): Promise<void> {
  const names: string[] = await readdir(folder).catch(() => [])
  for (const name of names.filter(isUnused)) await rm(join(folder, name), { force: true }).catch(() => undefined)
}
