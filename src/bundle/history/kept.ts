import { join } from 'node:path'
import { isRefusal, NpluskError, readError } from '../../core/errors.js'
import { hashOf } from '../../core/hash-of.js'
import { isSha256 } from '../../core/plain-names.js'
import { readWhole } from '../../core/regular-file.js'
import { integer, list, that } from '../check-shape.js'
import { modelFile } from '../layout.js'
import { parseManifest, type Manifest } from '../manifest.js'
import { readBundleFile } from '../own-file.js'
import { decodeTensors, encodeTensors } from '../seals/sealed-tensors.js'
import { applyPatch, patchOf, type Patch, type Piece } from './patch.js'
import { revisionFile, revisionIdOf, type RevisionId } from './revision-file.js'

/** An earlier revision: its manifest, and its model as a patch of the backbone that the manifest names. */
export interface KeptRevision {
  readonly manifest: Manifest
  /** SHA-256 of its `model.onnx`. */
  readonly sha256: string
  readonly patch: Patch
  /** Whether its file is sealed; those of earlier versions are not. */
  readonly isSealed: boolean
}

/** The file that keeps a revision. */
export function encodeKept(manifest: Manifest, model: Uint8Array, backbone: Uint8Array): Uint8Array {
  const { pieces, own } = patchOf(model, backbone)
  const metadata = {
    manifest: JSON.stringify(manifest),
    model: hashOf(model),
    pieces: JSON.stringify(pieces),
  }
  return encodeTensors({ own: { dims: [own.length], data: own } }, metadata)
}

/**
 * Reads what is kept of a revision.
 *
 * @returns `undefined` where nothing is, `damaged` where that is not what was written
 * @throws NpluskError `IO` when it may not be read
 */
export async function readKept(folder: string, id: RevisionId): Promise<KeptRevision | 'damaged' | undefined> {
  const path = join(folder, revisionFile(id, 'kept'))
  const bytes = await readWhole(path).catch((error: unknown) => {
    if (isRefusal(error)) throw readError(error, path)
    return undefined
  })
  if (bytes === undefined) return undefined
  try {
    const { tensors, metadata, isSealed } = decodeTensors(bytes, path)
    const manifest = parseManifest(metadata.manifest ?? '', path)
    const pieces = JSON.parse(metadata.pieces ?? '') as readonly Piece[]
    const own = tensors.own?.data
    const isWhole = own instanceof Uint8Array && areSizes(pieces) === undefined && isSha256(metadata.model)
    // What keeps a sealed revision is sealed as well; of older ones, it may be.
    if (!isWhole || revisionIdOf(manifest).id !== id.id || (manifest.sealed && !isSealed)) return 'damaged'
    return { manifest, sha256: metadata.model!, patch: { pieces, own }, isSealed }
  } catch {
    return 'damaged'
  }
}

/**
 * The `model.onnx` of a kept revision, byte for byte.
 *
 * @throws NpluskError `BAD_BUNDLE` when that is not what comes out
 */
export async function keptModel(folder: string, { manifest, sha256, patch }: KeptRevision): Promise<Uint8Array> {
  const backbone = await readBundleFile({ folder }, manifest.backbone)
  try {
    const model = applyPatch(patch, backbone)
    if (hashOf(model) === sha256) return model
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  throw new NpluskError(
    'BAD_BUNDLE',
    `What ${folder} keeps of revision ${manifest.revision} is damaged, and gives another ${modelFile}; nothing was changed, choose another revision.`,
    { data: { revision: manifest.revision } },
  )
}

const size = integer(0)
const areSizes = list(
  that(
    (piece) =>
      Array.isArray(piece) &&
      piece.length === 2 &&
      (piece[0] === null || size(piece[0]) === undefined) &&
      size(piece[1]) === undefined,
  ),
)
