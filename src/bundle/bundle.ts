import type { FileHandle } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { modelIn } from '../catalog/model-folder.js'
import { NpluskError } from '../core/errors.js'
import { readAt } from '../core/positioned.js'
import { tableDims, type Backbone } from '../features/backbone.js'
import { wholeLayer } from '../features/layers.js'
import type { FeatureTable } from '../features/table.js'
import type { AddedHead } from '../head/added-head.js'
import { featuresOf, isBundle, type Part } from './layout.js'
import type { Increment, Manifest } from './manifest.js'
import { openManifest } from './open-manifest.js'
import { checkBundleFile, damagedModel, readBundleFile } from './own-file.js'
import type { IncrementFeatures, Rehearsal } from './parts.js'
import { sealOn, sealOnFile, type Seal } from './seals/model-seal.js'
import type { Expected } from './table-file.js'

/**
 * A complete bundle on disk. Each part is read and checked on demand. All readers throw `BAD_BUNDLE` for a damaged part
 * and `IO` for one without read permission.
 */
export class Bundle {
  constructor(
    readonly folder: string,
    readonly manifest: Manifest,
  ) {}

  /**
   * Increments with the stored features of their images, which stay in their files, in order.
   *
   * @param isWanted the features of others are not read @default all
   */
  increments(isWanted: (one: Increment) => boolean = () => true): Promise<IncrementFeatures[]> {
    return Promise.all(
      this.manifest.increments.filter(isWanted).map(async (one) => {
        const { features: _, sha256: __, layers: ___, ...increment } = one
        const expected = { ...tableDims(this.#layers()), classes: increment.classes.length }
        return { increment, ...(await this.#table(featuresOf(one), expected)) }
      }),
    )
  }

  /** The old images that the heads were trained with; `undefined` without any. */
  async rehearsal(): Promise<Rehearsal | undefined> {
    const { rehearsal } = this.manifest
    if (rehearsal === null) return undefined
    const { source, images } = rehearsal
    return { ...(await this.#table(rehearsal, tableDims(this.#layers()))), source, images }
  }

  #layers() {
    const { dim, layers = wholeLayer(dim) } = this.manifest.backbone
    return { dim, layers }
  }

  async #table({ file, sha256 }: Part, expected: Expected): Promise<{ table: FeatureTable; part: Part }> {
    const { openTable } = await import('./table-file.js')
    const found = await checkBundleFile(this, { file, sha256 })
    return { table: openTable(found.path, expected), part: { file, sha256: found.sha256 } }
  }

  /** The base model that the bundle extends. */
  async backbone(): Promise<Backbone> {
    const { base, backbone, preprocess } = this.manifest
    return {
      name: base.name,
      sha256: base.sha256,
      graph: await readBundleFile(this, backbone),
      graphHash: backbone.sha256,
      ...this.#layers(),
      preprocess,
      ...(base.input ? { input: base.input } : {}),
      classes: base.classes,
      ...(backbone.oneByOne === undefined ? {} : { oneByOne: backbone.oneByOne }),
    }
  }

  /**
   * The content of `model.onnx`.
   *
   * @throws NpluskError `CONFLICT` when another bundle lies there by now
   */
  async model(): Promise<Uint8Array> {
    await using bundle = await openBundle(this.folder)
    if (!isDeepStrictEqual(bundle.manifest, this.manifest)) throw changedMeanwhile(this.folder)
    return await bundle.model()
  }

  /**
   * The added heads in the model, one per increment; an increment that only made classes grow has a head without
   * columns.
   *
   * @throws NpluskError as `model`; `CONFLICT` when a class has two columns, as in bundles of earlier versions that
   * merged a class twice
   */
  async heads(): Promise<AddedHead[]> {
    const { addedHeads, decodeBundled } = await import('./heads.js')
    return addedHeads(this, decodeBundled(this, await this.model()))
  }
}

/** A bundle with its model file open, readable even if another process replaces the file; must be closed. */
export class OpenBundle extends Bundle implements AsyncDisposable {
  /** @param file the `model.onnx` that the manifest was read from */
  constructor(
    folder: string,
    manifest: Manifest,
    readonly file: FileHandle,
  ) {
    super(folder, manifest)
  }

  override async model(): Promise<Uint8Array> {
    const model = await readAt(this.file, 0, (await this.file.stat()).size)
    refuseBroken(sealOn(model), this)
    return model
  }

  /**
   * Checks the model without keeping it in memory.
   *
   * @throws NpluskError `BAD_BUNDLE` where it is damaged
   */
  async checkModel(): Promise<void> {
    refuseBroken(await sealOnFile(this.file), this)
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

/**
 * Reads a bundle's manifest and opens its model.
 *
 * `model.onnx` repeats the manifest, and renaming it is what makes a change take effect. If a process died before it
 * could rename `bundle.json` as well, the newer of the two manifests counts.
 *
 * @throws NpluskError `NOT_FOUND` when there is no bundle; `BAD_BUNDLE` when it is damaged or of another format (the
 * model's graph is not checked); `IO` when its files may not be read
 */
export async function openBundle(folder: string): Promise<OpenBundle> {
  await checkIsBundle(folder)
  // Tried twice: a concurrent writer removes files of the earlier revision, but then the new revision is complete.
  const { manifest, file } = await openManifest(folder).catch(() => openManifest(folder))
  return new OpenBundle(folder, manifest, file)
}

/** The error for a bundle that changed during a command. */
export function changedMeanwhile(folder: string): NpluskError {
  return new NpluskError(
    'CONFLICT',
    `Another process changed ${folder} meanwhile; nothing was written, run the command again.`,
  )
}

/** @throws NpluskError `BAD_BUNDLE` where a seal is broken, or one that the manifest promises is not there */
function refuseBroken(seal: Seal, { folder, manifest }: Bundle): void {
  if (seal === 'broken' || (seal === 'none' && manifest.sealed)) throw damagedModel(folder)
}

/** @throws NpluskError `NOT_FOUND` when there is no bundle, nor the remains of one */
export async function checkIsBundle(folder: string): Promise<void> {
  if (await isBundle(folder)) return
  if ((await modelIn(folder)) === undefined) {
    const remedy = { kind: 'make-bundle', out: folder } as const
    throw new NpluskError('NOT_FOUND', `${folder} is not a bundle.`, { remedy })
  }
  const message = `${folder} holds an ONNX model that nplusk did not write, and no bundle.`
  throw new NpluskError('NOT_FOUND', message, { remedy: { kind: 'make-bundle-of', model: folder } })
}
