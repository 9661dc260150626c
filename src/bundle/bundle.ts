import { constants } from 'node:fs'
import { access, open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { modelIn } from '../catalog/model-folder.js'
import { isRefusal, NpluskError, readError } from '../core/errors.js'
import { readAt } from '../core/positioned.js'
import type { Backbone } from '../features/backbone.js'
import type { FeatureTable } from '../features/table.js'
import type { Head } from '../head/types.js'
import { readMetadata } from '../onnx/read-metadata.js'
import { filesOf, isBundle, manifestFile, manifestKey, modelFile } from './layout.js'
import { parseManifest, type Manifest } from './manifest.js'
import { checkBundleFile, damagedPart, readBundleFile, readPart, unreadable } from './own-file.js'

/** Old images as features, and where they came from. */
export type KeptRehearsal = NonNullable<Manifest['rehearsal']> & { readonly table: FeatureTable }

/**
 * A bundle on disk, found whole. Each part is read when it is asked for, and checked then: all of them throw `BAD_BUNDLE` for one that
 * is damaged, `IO` for one that may not be read.
 */
export class Bundle {
  constructor(
    readonly folder: string,
    readonly manifest: Manifest,
  ) {}

  /** The features that were kept of an increment's images; they stay in their file. @param i the increment's place */
  async table(i: number): Promise<FeatureTable> {
    const { openTable } = await import('./table-file.js')
    const { features, classes } = this.manifest.increments[i]!
    return openTable(await checkBundleFile(this, features), { classes: classes.length })
  }

  /** The old images that its heads were trained beside; `undefined` where there were none. */
  async rehearsal(): Promise<KeptRehearsal | undefined> {
    const { rehearsal, backbone } = this.manifest
    if (rehearsal === null) return undefined
    const { openTable } = await import('./table-file.js')
    return { table: openTable(await checkBundleFile(this, rehearsal.file), { dim: backbone.dim }), ...rehearsal }
  }

  /** The classifier that it extends. */
  async backbone(): Promise<Backbone> {
    const { base, backbone, preprocess } = this.manifest
    return {
      name: base.name,
      sha256: base.sha256,
      graph: await readBundleFile(this, backbone.file),
      graphHash: backbone.sha256,
      dim: backbone.dim,
      preprocess,
      ...(base.input ? { input: base.input } : {}),
      classes: base.classes,
      ...(backbone.oneByOne === undefined ? {} : { oneByOne: backbone.oneByOne }),
    }
  }

  /** What `model.onnx` holds; throws `CONFLICT` where it is another bundle's by now. */
  async model(): Promise<Uint8Array> {
    await using bundle = await openBundle(this.folder)
    if (!isDeepStrictEqual(bundle.manifest, this.manifest)) throw changedMeanwhile(this.folder)
    return await bundle.model()
  }

  /**
   * The added heads as the model has them, one per increment; that of an increment which only made classes grow has no column.
   *
   * @throws NpluskError as `model`; `CONFLICT` where a class has two columns, as those of earlier versions had that were merged twice
   */
  async heads(): Promise<Head[]> {
    const { addedHeads, decodeBundled } = await import('./heads.js')
    return addedHeads(this, decodeBundled(this, await this.model()))
  }
}

/** A bundle with its model open: that can be read, whatever another process puts in its place. To be closed. */
export class OpenBundle extends Bundle implements AsyncDisposable {
  /** @param file the `model.onnx` that the manifest was read out of */
  constructor(
    folder: string,
    manifest: Manifest,
    readonly file: FileHandle,
  ) {
    super(folder, manifest)
  }

  override async model(): Promise<Uint8Array> {
    return readAt(this.file, 0, (await this.file.stat()).size)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.file.close()
  }
}

/**
 * Reads a bundle's manifest.
 *
 * @throws NpluskError as `openBundle`
 */
export async function readBundle(folder: string): Promise<Bundle> {
  await using bundle = await openBundle(folder)
  return new Bundle(folder, bundle.manifest)
}

/** What to say where a bundle is another one than at the start of a command. */
export function changedMeanwhile(folder: string): NpluskError {
  return new NpluskError(
    'CONFLICT',
    `Another process changed ${folder} meanwhile; nothing was written, run the command again.`,
  )
}

/**
 * Reads a bundle's manifest, and opens its model.
 *
 * `model.onnx` repeats the manifest, and is the file whose renaming makes a change take effect; should a process have died
 * before it could rename `bundle.json` as well, the newer one counts.
 *
 * @throws NpluskError `NOT_FOUND` when there is no bundle, `BAD_BUNDLE` when it is damaged or of another format; the model's graph is
 * not looked at; `IO` when its files may not be read
 */
export async function openBundle(folder: string): Promise<OpenBundle> {
  if (!(await isBundle(folder))) {
    throw noBundle(folder, (await modelIn(folder)) !== undefined)
  }
  // A writer that changes the bundle meanwhile removes what the earlier revision needed; then the new one is there to be read.
  return openCurrent(folder).catch(() => openCurrent(folder))
}

function noBundle(folder: string, holdsModel: boolean): NpluskError {
  if (!holdsModel) {
    const remedy = { kind: 'make-bundle', out: folder } as const
    return new NpluskError('NOT_FOUND', `${folder} is not a bundle.`, { remedy })
  }
  const message = `${folder} holds an ONNX model that nplusk did not write, and no bundle.`
  return new NpluskError('NOT_FOUND', message, { remedy: { kind: 'make-bundle-of', model: folder } })
}

async function openCurrent(folder: string): Promise<OpenBundle> {
  const manifestPath = join(folder, manifestFile)
  const modelPath = join(folder, modelFile)
  // Before the manifest is read: so all that is read is of the model's revision, or newer, and then found not to fit.
  const file = await open(modelPath).catch((cause: unknown) => unreadable(modelPath, cause))
  try {
    const written = parseManifest((await readPart(manifestPath)).toString('utf8'), manifestPath)
    if (file instanceof NpluskError) throw file
    const manifest = await manifestInside(file, modelPath, written)
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
    return new OpenBundle(folder, manifest, file)
  } catch (error) {
    if (!(file instanceof NpluskError)) await file.close()
    throw error
  }
}

/** The manifest in the model, which is as new as the one in `bundle.json` or newer. @param written the latter, checked */
async function manifestInside(file: FileHandle, path: string, written: Manifest): Promise<Manifest> {
  const inside = await readMetadata(file, manifestKey).catch((cause: unknown) => {
    throw damagedPart(path, cause)
  })
  if (inside === undefined) {
    throw new NpluskError(
      'BAD_BUNDLE',
      `${path} was not written by nplusk; restore the bundle from a copy, or build it again.`,
    )
  }
  return inside === JSON.stringify(written) ? written : parseManifest(inside, path)
}

/**
 * The path of a file that a manifest names and that is not there.
 *
 * @throws NpluskError `IO` for one that may not be read
 */
async function missingFile(folder: string, manifest: Manifest): Promise<string | undefined> {
  for (const name of filesOf(manifest)) {
    const path = join(folder, name)
    const failure: unknown = await access(path, constants.R_OK).catch((error: unknown) => error)
    if (isRefusal(failure)) throw readError(failure, path)
    if (failure !== undefined) return path
  }
  return undefined
}
