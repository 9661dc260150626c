import sharp = require('sharp')
import type { Attack } from './attack.js'
import { repeatingExif } from './exif.js'

function flat(width: number, height: number): sharp.Sharp {
  return sharp({
    create: { width, height, channels: 3, background: { r: 90, g: 120, b: 30 } },
    limitInputPixels: false,
  })
}

function chunk(type: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(8)
  head.write(type, 'latin1')
  head.writeUInt32LE(content.length, 4)
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)])
}

function riff(chunks: readonly Buffer[]): Buffer {
  const content = Buffer.concat(chunks)
  const head = Buffer.alloc(12)
  head.write('RIFF', 'latin1')
  head.writeUInt32LE(content.length + 4, 4)
  head.write('WEBP', 8, 'latin1')
  return Buffer.concat([head, content])
}

function size24(bytes: Buffer, at: number, width: number, height: number): void {
  bytes.writeUIntLE(width - 1, at, 3)
  bytes.writeUIntLE(height - 1, at + 3, 3)
}

/** Flags as in the format: 2 animation, 8 EXIF, 32 colour profile. */
function extended(flags: number, width: number, height: number): Buffer {
  const content = Buffer.alloc(10)
  content[0] = flags
  size24(content, 4, width, height)
  return chunk('VP8X', content)
}

/** The chunk of pixels of a plain picture. */
async function pixels(width: number, height: number, lossless = false): Promise<Buffer> {
  return (await flat(width, height).webp({ effort: 0, lossless }).toBuffer()).subarray(12)
}

async function animated(width: number, height: number, frames: number): Promise<Uint8Array> {
  const head = Buffer.alloc(16)
  size24(head, 6, 16, 16)
  const frame = chunk('ANMF', Buffer.concat([head, await pixels(16, 16)]))
  const rest = Array.from({ length: frames }, () => frame)
  return riff([extended(2, width, height), chunk('ANIM', Buffer.alloc(6)), ...rest])
}

export const webpAttacks: readonly Attack[] = [
  { name: 'WebP of 12,000 x 12,000', make: async () => riff([await pixels(12_000, 12_000)]) },
  { name: 'WebP of 16,000 x 16,000, lossless', make: async () => riff([await pixels(16_000, 16_000, true)]) },
  { name: 'WebP of 100,000 frames', make: () => animated(16, 16, 100_000) },
  { name: 'WebP of 10,000 frames on a canvas of 16,000 x 16,000', make: () => animated(16_000, 16_000, 10_000) },
  {
    name: 'WebP whose EXIF says 1 MB of text 60,000 times',
    make: async () =>
      riff([extended(8, 16, 16), await pixels(16, 16), chunk('EXIF', repeatingExif(60_000, 1_000_000))]),
  },
  {
    name: 'WebP of 100 MB of XMP',
    make: async () => riff([extended(4, 16, 16), await pixels(16, 16), chunk('XMP ', Buffer.alloc(100_000_000, 65))]),
  },
]
