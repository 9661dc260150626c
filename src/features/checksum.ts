import { crc32 } from 'node:zlib'

/**
 * CRC-32 of a bottleneck and of the key that it is kept under, so that neither damage nor another picture's features
 * are taken for it. Store, parts and queue keep it beside every bottleneck.
 *
 * @param key 64 hex digits
 * @param logits float32, little-endian
 * @param halves the features as half floats, little-endian
 */
export function checksumOf(key: string, logits: Uint8Array, halves: Uint8Array): number {
  const lengths = Uint32Array.of(logits.length, halves.length)
  return crc32(halves, crc32(logits, crc32(new Uint8Array(lengths.buffer), crc32(key))))
}
