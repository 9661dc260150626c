import type { Attack } from './attack.js'

/** A BMP of the given header, all of whose pixels are the first colour. */
export function bmp(width: number, height: number, bits: number, isThere = true): Uint8Array {
  const stride = Math.ceil((bits * width) / 32) * 4
  const bytes = Buffer.alloc(54 + 4 * 256 + (isThere ? stride * Math.abs(height) : 0))
  bytes.write('BM')
  bytes.writeUInt32LE(54 + 4 * 256, 10)
  bytes.writeUInt32LE(40, 14)
  bytes.writeInt32LE(width, 18)
  bytes.writeInt32LE(height, 22)
  bytes.writeUInt16LE(1, 26)
  bytes.writeUInt16LE(bits, 28)
  return bytes
}

export const bmpAttacks: readonly Attack[] = [
  { name: 'BMP of 16,000 x 16,000 in two colours', make: () => bmp(16_000, 16_000, 1) },
  { name: 'BMP of 16,000 x 16,000 in 16 bits', make: () => bmp(16_000, 16_000, 16) },
  { name: 'BMP of one row', make: () => bmp(250_000_000, 1, 1) },
  { name: 'BMP of one column', make: () => bmp(1, 60_000_000, 1), refused: /sides/ },
  {
    name: 'BMP of 2,147,483,647 pixels each way',
    make: () => bmp(2 ** 31 - 1, -(2 ** 31), 1, false),
    refused: /megapixels/,
  },
]
