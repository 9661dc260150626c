import type { FileHandle } from 'node:fs/promises'
import { hashStart } from '../../core/hash-file.js'
import { hashOf } from '../../core/hash-of.js'
import { readAt } from '../../core/positioned.js'
import { encodeMetadata } from '../../onnx/replace-metadata.js'

/** The `metadata_props` entry that seals a model: the last one, with the SHA-256 of all bytes before it. */
export const sealKey = 'nplusk.sha256'

/** Whether the bytes before a seal are those that it was made of; `none` where a file does not end with a seal. */
export type Seal = 'whole' | 'broken' | 'none'

/** Bytes of a seal, the last 64 of which are the hash. */
const sealBytes = sealOf('0'.repeat(64)).length
const opening = sealOf('0'.repeat(64)).subarray(0, -64)

/** A model with a new seal behind it, in place of the one it has. */
export function sealed(model: Uint8Array): Uint8Array {
  const bare = withoutSeal(model)
  return Buffer.concat([bare, sealOf(hashOf(bare))])
}

/** A view of a model without the seal that it ends with. */
export function withoutSeal(model: Uint8Array): Uint8Array {
  return isSeal(model.subarray(-sealBytes)) ? model.subarray(0, -sealBytes) : model
}

/** Checks the seal of a model in memory. */
export function sealOn(model: Uint8Array): Seal {
  const end = model.subarray(-sealBytes)
  if (!isSeal(end)) return 'none'
  return isSealOf(end, hashOf(model.subarray(0, -sealBytes)))
}

/**
 * Checks the seal of a model file, which is read in pieces.
 *
 * @throws RangeError when the file becomes shorter meanwhile; errors of the file system
 */
export async function sealOnFile(file: FileHandle): Promise<Seal> {
  const { size } = await file.stat()
  const start = Math.max(0, size - sealBytes)
  const end = await readAt(file, start, size)
  if (!isSeal(end)) return 'none'
  const { sha256, read } = await hashStart(file, start)
  if (read < start) throw new RangeError('the file became shorter')
  return isSealOf(end, sha256)
}

function sealOf(sha256: string): Uint8Array {
  return encodeMetadata(sealKey, sha256)
}

function isSeal(end: Uint8Array): boolean {
  return end.length === sealBytes && Buffer.compare(end.subarray(0, opening.length), opening) === 0
}

function isSealOf(end: Uint8Array, sha256: string): Seal {
  return Buffer.compare(end, sealOf(sha256)) === 0 ? 'whole' : 'broken'
}
