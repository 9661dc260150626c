import { maskedCrc32c } from './crc32c.js'

/**
 * A record of a TFRecord file: its length as uint64, the checksum of that, its bytes, and the checksum of these, all
 * little-endian (TensorFlow, `lib/io/record_writer.h`).
 */
export function recordOf(bytes: Uint8Array): Uint8Array {
  const record = new Uint8Array(12 + bytes.length + 4)
  const view = new DataView(record.buffer)
  view.setBigUint64(0, BigInt(bytes.length), true)
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true)
  record.set(bytes, 12)
  view.setUint32(12 + bytes.length, maskedCrc32c(bytes), true)
  return record
}
