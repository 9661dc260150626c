import { rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeSynced } from '../core/atomic-write.js'
import { ioError } from '../core/errors.js'
import { flushChange, flushFolder } from '../core/flush.js'
import { makeFolder } from '../core/make-folder.js'
import { removeAbandoned, temporaryName } from '../core/temporary.js'
import { pathToReplace } from '../core/written-file.js'
import { changedMeanwhile } from './bundle.js'
import { faultInManifest } from './check-manifest.js'
import { removeUnused } from './history/prune.js'
import { encodeRecord, recordOf, type ChangeNote } from './history/record.js'
import { historyFolder, revisionFile, revisionIdOf } from './history/revision-file.js'
import { encodeManifest, isBundle, manifestFile, modelFile } from './layout.js'
import { withLock } from './lock.js'
import type { Manifest } from './manifest.js'
import { isWhole } from './own-file.js'
import { currentManifest, replacedRevision, type ReplacedRevision } from './replaced.js'

/** A file's content in chunks; every call starts again from the beginning. */
export type Content = () => Iterable<Uint8Array>

/**
 * A change to a bundle: the model, its manifest, and the files named in it. Files that the bundle has already are not
 * written again.
 */
export interface BundleChange {
  readonly manifest: Manifest
  readonly model: Uint8Array
  readonly files: ReadonlyMap<string, Content>
  /** Checks the written model before it takes effect; throwing leaves the bundle unchanged. */
  readonly verify: (modelPath: string) => Promise<void>
  /** What the history says of it. */
  readonly note: ChangeNote
}

/** A file under its temporary name, and its final path. */
interface Staged {
  readonly path: string
  readonly final: string
}

/**
 * Creates or changes a bundle; a link stays, and what it leads to is written. Everything is first written under
 * temporary names. The rename of the model then makes the change take effect, so that a reader finds either the old or
 * the new bundle, and a failure before it leaves the old one intact. Before that rename all that it refers to is on the
 * disk, names too; before anything old is replaced or deleted, the rename is. So a power failure leaves the one or the
 * other as well. Failures afterwards, in removing unused files, do not fail the change.
 *
 * @throws NpluskError `IO` when the file system refuses, also where the change took effect and may not outlast a power
 * failure; `CONFLICT` when another process has changed the bundle meanwhile
 */
export async function writeBundle(folder: string, change: BundleChange): Promise<void> {
  refuseUnreadable(change.manifest)
  const exists = await isBundle(folder)
  // What is brought back needs nothing of what it replaces.
  const evenDamaged = change.note.kind === 'rollback'
  const place = exists ? folder : await pathToReplace(folder)
  const staging = exists ? folder : temporaryName(place)
  const temporary: string[] = []
  try {
    const replaced = exists ? await replacedRevision(folder, evenDamaged) : undefined
    if (replaced && replaced.revision !== change.manifest.revision - 1) throw changedMeanwhile(folder)
    makeFolder(join(staging, historyFolder))
    const stage = async (name: string, content: Iterable<Uint8Array>) => {
      const path = temporaryName(join(staging, name))
      temporary.push(path)
      await writeSynced(path, content)
      return { path, final: join(staging, name) }
    }
    const staged: Staged[] = []
    for (const [name, content] of change.files) {
      // Files are named by their content, so a file of this name is identical, unless it is damaged.
      if (!exists || !(await isWhole({ folder }, { file: name }))) staged.push(await stage(name, content()))
    }
    for (const [name, content] of historyOf(change, replaced)) staged.push(await stage(name, [content]))
    const model = await stage(modelFile, [change.model])
    const manifest = await stage(manifestFile, [encodeManifest(change.manifest)])
    await change.verify(model.path)
    const putInPlace = async (files: readonly Staged[]) => {
      for (const { path, final } of files) await rename(path, final)
      for (const one of [join(staging, historyFolder), staging]) await flushFolder(one)
    }
    if (replaced) {
      await withLock(folder, async () => {
        const now = await currentManifest(folder, evenDamaged)
        if (revisionIdOf(now).id !== replaced.id) throw changedMeanwhile(folder)
        await putInPlace(staged)
        await rename(model.path, model.final)
        // The change has taken effect. The model repeats the manifest, and counts if `bundle.json` is older. A newer
        // `bundle.json` would fit no model.
        await flushChange(folder, folder)
        await rename(manifest.path, manifest.final).catch(() => undefined)
        // Nothing depends on the absence of a file.
        await removeUnused(folder, change.manifest).catch(() => undefined)
      })
    } else {
      await putInPlace([...staged, model, manifest])
      await rename(staging, place).catch((error: unknown) => {
        throw isTaken(error) ? changedMeanwhile(folder) : error
      })
      await flushChange(dirname(place), place)
    }
    await Promise.all(temporary.map((path) => rm(path, { force: true }).catch(() => undefined)))
  } catch (error) {
    await Promise.all(temporary.map((path) => rm(path, { force: true }).catch(() => undefined)))
    // Fails unless it is empty, and so just made.
    await rmdir(join(staging, historyFolder)).catch(() => undefined)
    if (!exists) await rm(staging, { recursive: true, force: true }).catch(() => undefined)
    throw ioError(error, `write the bundle ${folder}`)
  }
  // Remains of processes that were killed.
  for (const one of [place, join(place, historyFolder), dirname(place)]) await removeAbandoned(one)
}

/** A manifest that no reader takes would cost the bundle that it replaces, such as one with a number that is none. */
function refuseUnreadable(manifest: Manifest): void {
  const fault = faultInManifest(JSON.parse(JSON.stringify(manifest)))
  if (fault !== undefined) throw new TypeError(`the manifest to be written could not be read again: ${fault}`)
}

/** The files that the history gets: the record of the change, and what keeps the revision before it. */
function historyOf({ manifest, note }: BundleChange, replaced: ReplacedRevision | undefined): [string, Uint8Array][] {
  const record = recordOf(manifest, replaced, note)
  const kept: [string, Uint8Array][] =
    replaced?.file && record.keep > 0 ? [[revisionFile(replaced, 'kept'), replaced.file]] : []
  return [...kept, [revisionFile(revisionIdOf(manifest), 'record'), encodeRecord(record)]]
}

/** Whether renaming failed because the target is a folder that is not empty. */
function isTaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOTEMPTY' || code === 'EEXIST'
}
