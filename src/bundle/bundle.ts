import { createHash, type Hash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import {
  access,
  mkdir,
  open,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  type FileHandle,
} from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { removeAbandoned, temporaryName } from '../core/atomic-write.js'
import { NpluskError, ioError } from '../core/errors.js'
import { readMetadata } from '../onnx/read-metadata.js'
import { withLock } from './lock.js'
import { parseManifest, type Manifest } from './manifest.js'

export const modelFile = 'model.onnx'
export const manifestFile = 'bundle.json'
/** The `metadata_props` entry that repeats the manifest inside the model. */
export const manifestKey = 'nplusk.manifest'

/** A bundle on disk, read and found whole. */
export interface Bundle {
  readonly folder: string
  readonly manifest: Manifest
  /** What `model.onnx` held when the manifest was read out of it: another process may put a new one in its place at any time. */
  readonly model: Uint8Array
}

/** A bundle whose model has yet to be read. */
export interface OpenedBundle extends Omit<Bundle, 'model'> {
  /** The `model.onnx` that the manifest was read out of. To be closed. */
  readonly file: FileHandle
}

/** Whether a folder is (or once was) a bundle. */
export async function isBundle(folder: string): Promise<boolean> {
  const names: string[] = await readdir(folder).catch(() => [])
  return names.includes(manifestFile) || names.includes(modelFile)
}

/**
 * Reads a bundle's manifest and its model.
 *
 * @throws NpluskError as `openBundle`
 */
export async function readBundle(folder: string): Promise<Bundle> {
  const { manifest, file } = await openBundle(folder)
  try {
    return { folder, manifest, model: await file.readFile() }
  } finally {
    await file.close()
  }
}

/**
 * Reads a bundle's manifest, and opens its model.
 *
 * `model.onnx` repeats the manifest, and is the file whose renaming makes a change take effect; should a process have died
 * before it could rename `bundle.json` as well, the newer one counts.
 *
 * @throws NpluskError `NOT_FOUND` when there is no bundle, `BAD_BUNDLE` when it is damaged or of another format; the model's graph is
 * not looked at
 */
export async function openBundle(folder: string): Promise<OpenedBundle> {
  if (!(await isBundle(folder))) {
    throw new NpluskError('NOT_FOUND', `${folder} is not a bundle; make one with "extend --add DIR --out ${folder}".`)
  }
  // A writer that changes the bundle meanwhile removes what the earlier revision needed; then the new one is there to be read.
  return openCurrent(folder).catch(() => openCurrent(folder))
}

async function openCurrent(folder: string): Promise<OpenedBundle> {
  const manifestPath = join(folder, manifestFile)
  const modelPath = join(folder, modelFile)
  // Before the manifest is read: so all that is read is of the model's revision, or newer, and then found not to fit.
  const file = await open(modelPath).catch((cause: unknown) => unreadable(modelPath, cause))
  try {
    const written = parseManifest((await readPart(manifestPath)).toString('utf8'), manifestPath)
    if (file instanceof NpluskError) throw file
    const manifest = await manifestInside(file, modelPath)
    if (manifest.revision < written.revision || manifest.base.sha256 !== written.base.sha256) {
      throw new NpluskError(
        'BAD_BUNDLE',
        `${manifestPath} and ${modelFile} belong to different bundles; restore both from one copy.`,
      )
    }
    const missing = await missingFile(folder, manifest)
    if (missing !== undefined) {
      throw new NpluskError('BAD_BUNDLE', `${missing} is missing; restore it from a copy, or build the bundle again.`)
    }
    return { folder, manifest, file }
  } catch (error) {
    if (!(file instanceof NpluskError)) await file.close()
    throw error
  }
}

/** Reads one of the bundle's own files and checks it against the hash in its name. */
export async function readBundleFile({ folder }: Bundle, name: string): Promise<Buffer> {
  const path = join(folder, name)
  const content = await readPart(path)
  if (contentName(name, [content]) !== name) throw damagedPart(path)
  return content
}

function damagedPart(path: string, cause?: unknown): NpluskError {
  const message = `${path} is damaged; restore it from a copy, or build the bundle again.`
  return new NpluskError('BAD_BUNDLE', message, cause === undefined ? {} : { cause })
}

/** What to say of a bundle whose model's graph turns out to be damaged. */
export function damagedModel(folder: string, cause: unknown): NpluskError {
  return damagedPart(join(folder, modelFile), cause)
}

/**
 * The path of one of the bundle's own files, for reading it in parts; checked against the hash in its name.
 *
 * @throws NpluskError `BAD_BUNDLE` when it is damaged
 */
export async function checkBundleFile({ folder }: Bundle, name: string): Promise<string> {
  const path = join(folder, name)
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk as Buffer)
  } catch (cause) {
    throw unreadable(path, cause)
  }
  if (hashedName(name, hash) !== name) throw damagedPart(path)
  return path
}

/** A file's content in pieces: every call gives them anew, from the start. */
export type Content = () => Iterable<Uint8Array>

/** A file's name with the hash of its content in it: `features-1a2b….safetensors`. */
export function contentName(kind: string, content: Iterable<Uint8Array>): string {
  const hash = createHash('sha256')
  for (const piece of content) hash.update(piece)
  return hashedName(kind, hash)
}

function hashedName(kind: string, hash: Hash): string {
  const dot = kind.lastIndexOf('.')
  const stem = kind.slice(0, dot).replace(/-[0-9a-f]{16}$/, '')
  return `${stem}-${hash.digest('hex').slice(0, 16)}${kind.slice(dot)}`
}

/** What is to be written: the model, its manifest, and the files named in it. Files that the bundle has already are not written again. */
export interface BundleChange {
  readonly manifest: Manifest
  readonly model: Uint8Array
  readonly files: ReadonlyMap<string, Content>
  /** Looks at the written model before it takes effect; throwing leaves the bundle as it was. */
  readonly verify: (modelPath: string) => Promise<void>
}

/**
 * Makes a bundle, or changes one. Everything is written under temporary names first; then the model's renaming makes the change take
 * effect, so that a reader finds the old bundle or the new one, and a failure at any point leaves the old one.
 *
 * @throws NpluskError `IO` when the file system refuses, `CONFLICT` when another process has changed the bundle meanwhile
 */
export async function writeBundle(folder: string, change: BundleChange): Promise<void> {
  const exists = await isBundle(folder)
  const staging = exists ? folder : temporaryName(folder)
  const temporary: string[] = []
  try {
    if (!exists) await mkdir(staging, { recursive: true })
    const stage = async (name: string, content: Iterable<Uint8Array>) => {
      const path = temporaryName(join(staging, name))
      temporary.push(path)
      await writeSynced(path, content)
      return { path, final: join(staging, name) }
    }
    const staged: { path: string; final: string }[] = []
    for (const [name, content] of change.files) {
      // Named by its content: what has the name has the content.
      if (!exists || !(await isThere(join(folder, name)))) staged.push(await stage(name, content()))
    }
    const model = await stage(modelFile, [change.model])
    const manifest = await stage(manifestFile, [Buffer.from(JSON.stringify(change.manifest, undefined, 1))])
    await change.verify(model.path)
    const putInPlace = async () => {
      for (const { path, final } of [...staged, model, manifest]) await rename(path, final)
    }
    if (exists) {
      await withLock(folder, async () => {
        await checkRevision(folder, change.manifest.revision - 1)
        await putInPlace()
        await removeUnused(folder, change.manifest)
      })
    } else {
      await putInPlace()
      await rename(staging, folder).catch((error: unknown) => {
        throw isTaken(error) ? changedMeanwhile(folder) : error
      })
    }
  } catch (error) {
    await Promise.all(temporary.map((path) => rm(path, { force: true }).catch(() => undefined)))
    if (!exists) await rm(staging, { recursive: true, force: true }).catch(() => undefined)
    throw ioError(error, `write the bundle ${folder}`)
  }
  // What processes left behind that were killed.
  await removeAbandoned(folder, () => true)
  await removeAbandoned(dirname(folder), (name) => name === basename(folder))
}

/**
 * Fails early, before any work, where a bundle could not be written.
 *
 * @param extended the bundle that is to be changed, which may lie there; any other must not
 * @throws NpluskError `IO` when the place cannot be written, `CONFLICT` when something else is there
 */
export async function checkWritable(folder: string, extended?: Bundle): Promise<void> {
  try {
    const found = await stat(folder).catch(() => undefined)
    if (found && !found.isDirectory()) throw new NpluskError('CONFLICT', `${folder} is a file; choose another --out.`)
    const holdsBundle = await isBundle(folder)
    if (found && !holdsBundle) await checkReplaceable(folder, found)
    if (holdsBundle && !(extended && (await isSamePlace(folder, extended.folder)))) {
      throw new NpluskError(
        'CONFLICT',
        `${folder} holds another bundle; extend that one with --model ${folder}, or choose another --out.`,
      )
    }
    if (holdsBundle) {
      await access(folder, constants.W_OK)
    } else {
      await mkdir(dirname(folder), { recursive: true })
      // Asking for permission does not tell whether the file system is read-only: make something and remove it.
      const probe = temporaryName(folder)
      await mkdir(probe)
      await rmdir(probe)
    }
  } catch (error) {
    throw ioError(error, `write the bundle ${folder}`)
  }
}

/** A new bundle takes the place of an empty folder by renaming, which cannot be done with a mount point. */
async function checkReplaceable(folder: string, { dev }: { readonly dev: number }): Promise<void> {
  if ((await readdir(folder)).length > 0) {
    throw new NpluskError('CONFLICT', `${folder} holds other files and no bundle; choose another --out.`)
  }
  if ((await stat(dirname(folder))).dev !== dev) {
    throw new NpluskError('CONFLICT', `${folder} is a mount point; choose a folder in it as --out.`)
  }
}

/** Whether two paths lead to one folder. */
export async function isSamePlace(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map((path) => realpath(path).catch(() => resolve(path))))
  return one === other
}

/** The manifest in the model, which is as new as the one in `bundle.json` or newer. */
async function manifestInside(file: FileHandle, path: string): Promise<Manifest> {
  const inside = await readMetadata(file, manifestKey).catch((cause: unknown) => {
    throw damagedPart(path, cause)
  })
  if (inside === undefined) {
    throw new NpluskError(
      'BAD_BUNDLE',
      `${path} was not written by nplusk; restore the bundle from a copy, or build it again.`,
    )
  }
  return parseManifest(inside, path)
}

async function readPart(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

function unreadable(path: string, cause: unknown): NpluskError {
  return new NpluskError('BAD_BUNDLE', `${path} cannot be read; restore the bundle from a copy, or build it again.`, {
    cause,
  })
}

/** The path of a file that a manifest names and that cannot be read. */
async function missingFile(folder: string, manifest: Manifest): Promise<string | undefined> {
  for (const name of filesOf(manifest)) {
    const path = join(folder, name)
    if (!(await isThere(path))) return path
  }
  return undefined
}

function isThere(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  )
}

async function checkRevision(folder: string, expected: number): Promise<void> {
  const { manifest } = await readBundle(folder)
  if (manifest.revision !== expected) throw changedMeanwhile(folder)
}

function changedMeanwhile(folder: string): NpluskError {
  return new NpluskError(
    'CONFLICT',
    `Another process changed ${folder} meanwhile; nothing was written, run the command again.`,
  )
}

/** Whether renaming a folder failed because there is one with something in it. */
function isTaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOTEMPTY' || code === 'EEXIST'
}

async function writeSynced(path: string, content: Iterable<Uint8Array>): Promise<void> {
  const handle = await open(path, 'w')
  try {
    for (const piece of content) await handle.writeFile(piece)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The files beside model and manifest that a manifest names. */
function filesOf({ backbone, rehearsal, increments }: Manifest): string[] {
  return [backbone.file, ...(rehearsal ? [rehearsal.file] : []), ...increments.map(({ features }) => features)]
}

/** Deletes what an earlier revision needed; a failure here does no harm. */
async function removeUnused(folder: string, manifest: Manifest): Promise<void> {
  const used = new Set([modelFile, manifestFile, ...filesOf(manifest)])
  const ours = /^(backbone|rehearsal|features)-[0-9a-f]{16}\.(onnx|safetensors)$/
  for (const name of await readdir(folder)) {
    if (ours.test(name) && !used.has(name)) await rm(join(folder, name), { force: true }).catch(() => undefined)
  }
}
