import { tensorChunks } from '../../../src/bundle/safetensors.js'
import { decodeTensors } from '../../../src/bundle/seals/sealed-tensors.js'

/** A file of tensors without its seal, at which every mutation would end. */
export function bare(bytes: Uint8Array): Uint8Array {
  const { tensors, metadata } = decodeTensors(bytes, 'a file')
  return Buffer.concat([...tensorChunks(tensors, metadata)])
}
