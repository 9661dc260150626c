/** Tags by whose presence or value in a TIFF's first directory raw files are recognised. */
const dngVersion = 50706
const subfileType = 254
const subdirectories = 330

/**
 * Whether a TIFF is a camera's raw file (DNG, NEF, ARW …), in which a TIFF decoder would find only a thumbnail. Looks
 * only at the given bytes.
 */
export function isRawTiff(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const little = bytes[0] === 0x49
  if (bytes.length < 8 || view.getUint16(2, little) !== 42) return false
  const start = view.getUint32(4, little)
  if (start + 2 > bytes.length) return false
  const entries = view.getUint16(start, little)
  let isThumbnail = false
  let hasOthers = false
  for (let i = 0, at = start + 2; i < entries && at + 12 <= bytes.length; i++, at += 12) {
    const tag = view.getUint16(at, little)
    if (tag === dngVersion) return true
    if (tag === subfileType) isThumbnail = view.getUint32(at + 8, little) === 1
    if (tag === subdirectories) hasOthers = true
  }
  return isThumbnail && hasOthers
}
