import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { removeAbandoned, temporaryName, writeSynced } from '../core/atomic-write.js'
import { ioError } from '../core/errors.js'
import { makeFolder } from '../core/make-folder.js'
import { isReadable } from '../core/is-readable.js'
import { filesOf, isBundle, manifestFile, modelFile } from './layout.js'
import { withLock } from './lock.js'
import type { Manifest } from './manifest.js'
import { changedMeanwhile, readBundle } from './bundle.js'

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
}

/** A file under its temporary name, and its final path. */
interface Staged {
  readonly path: string
  readonly final: string
}

/**
 * Creates or changes a bundle. Everything is first written under temporary names. The rename of the model then makes
 * the change take effect, so that a reader finds either the old or the new bundle, and a failure before it leaves the
 * old one intact. Failures afterwards, in removing unused files, do not fail the change.
 *
 * @throws NpluskError `IO` when the file system refuses, `CONFLICT` when another process has changed the bundle
 * meanwhile
 */
export async function writeBundle(folder: string, change: BundleChange): Promise<void> {
  const exists = await isBundle(folder)
  const staging = exists ? folder : temporaryName(folder)
  const temporary: string[] = []
  try {
    if (!exists) makeFolder(staging)
    const stage = async (name: string, content: Iterable<Uint8Array>) => {
      const path = temporaryName(join(staging, name))
      temporary.push(path)
      await writeSynced(path, content)
      return { path, final: join(staging, name) }
    }
    const staged: Staged[] = []
    for (const [name, content] of change.files) {
      // Files are named by their content, so a file of this name is identical.
      if (!exists || !(await isReadable(join(folder, name)))) staged.push(await stage(name, content()))
    }
    const model = await stage(modelFile, [change.model])
    const manifest = await stage(manifestFile, [Buffer.from(JSON.stringify(change.manifest, undefined, 1))])
    await change.verify(model.path)
    const putInPlace = async (files: readonly Staged[]) => {
      for (const { path, final } of files) await rename(path, final)
    }
    if (exists) {
      await withLock(folder, async () => {
        await checkRevision(folder, change.manifest.revision - 1)
        await putInPlace([...staged, model])
        // The change has taken effect. The model repeats the manifest, and counts if `bundle.json` is older.
        await putInPlace([manifest]).catch(() => rm(manifest.path, { force: true }).catch(() => undefined))
        await removeUnused(folder, change.manifest)
      })
    } else {
      await putInPlace([...staged, model, manifest])
      await rename(staging, folder).catch((error: unknown) => {
        throw isTaken(error) ? changedMeanwhile(folder) : error
      })
    }
  } catch (error) {
    await Promise.all(temporary.map((path) => rm(path, { force: true }).catch(() => undefined)))
    if (!exists) await rm(staging, { recursive: true, force: true }).catch(() => undefined)
    throw ioError(error, `write the bundle ${folder}`)
  }
  // Remains of processes that were killed.
  await removeAbandoned(folder, () => true)
  await removeAbandoned(dirname(folder), (name) => name === basename(folder))
}

async function checkRevision(folder: string, expected: number): Promise<void> {
  const { manifest } = await readBundle(folder)
  if (manifest.revision !== expected) throw changedMeanwhile(folder)
}

/** Whether renaming failed because the target is a folder that is not empty. */
function isTaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOTEMPTY' || code === 'EEXIST'
}

/** Deletes files of earlier revisions; a failure does no harm. */
async function removeUnused(folder: string, manifest: Manifest): Promise<void> {
  const used = new Set([modelFile, manifestFile, ...filesOf(manifest)])
  const bundleFile = /^(backbone|rehearsal|features)-[0-9a-f]{16}\.(onnx|safetensors)$/
  const names: string[] = await readdir(folder).catch(() => [])
  for (const name of names) {
    if (bundleFile.test(name) && !used.has(name)) await rm(join(folder, name), { force: true }).catch(() => undefined)
  }
}
