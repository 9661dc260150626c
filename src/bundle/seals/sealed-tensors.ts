import { hashOf } from '../../core/hash-of.js'
import { damagedFile, loadTensors, tensorChunks, type Header, type Tensors } from '../safetensors.js'

/**
 * Whole safetensors files that are sealed: their last tensor, U8 [32], is the SHA-256 of all bytes before it. Files of
 * earlier versions have no such tensor.
 */
const sealName = 'sha256'
const sealBytes = 32

/** A decoded file. */
export interface DecodedFile {
  readonly tensors: Tensors
  readonly metadata: Readonly<Record<string, string>>
  readonly isSealed: boolean
}

/** Encodes a whole file and seals it. */
export function encodeTensors(tensors: Tensors, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const seal = { [sealName]: { dims: [sealBytes], data: new Uint8Array(sealBytes) } }
  const bytes = Buffer.concat([...tensorChunks({ ...tensors, ...seal }, metadata)])
  bytes.write(hashOf(bytes.subarray(0, -sealBytes)), bytes.length - sealBytes, 'hex')
  return bytes
}

/**
 * Decodes a whole file, and checks it against its seal if it has one.
 *
 * @returns copies, so that the file's bytes can be freed
 * @throws NpluskError `BAD_BUNDLE` naming the file when it is damaged
 */
export function decodeTensors(bytes: Uint8Array, file: string): DecodedFile {
  try {
    const { tensors: all, header } = loadTensors((from, to) => bytes.subarray(from, to))
    const { [sealName]: seal, ...tensors } = all
    if (seal !== undefined) checkSeal(bytes, header)
    return { tensors, metadata: header.metadata, isSealed: seal !== undefined }
  } catch (cause) {
    throw damagedFile(file, cause)
  }
}

/** @throws RangeError when the seal is not the end of the file, or not that of the bytes before it */
function checkSeal(bytes: Uint8Array, { entries, start }: Header): void {
  const { dtype, data_offsets: place } = entries[sealName]!
  const isAtEnd = dtype === 'U8' && place[1] - place[0] === sealBytes && start + place[1] === bytes.length
  const end = bytes.subarray(-sealBytes)
  const isWhole = isAtEnd && Buffer.from(end).toString('hex') === hashOf(bytes.subarray(0, -sealBytes))
  if (!isWhole) throw new RangeError('the bytes are not those that the file was sealed with')
}
