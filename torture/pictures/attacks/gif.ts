import type { Attack } from './attack.js'

interface Frame {
  readonly width: number
  readonly height: number
}

/** Colour table of two, and every pixel of every frame the first of them. */
export function gif({ width, height }: Frame, frames: number, frame: Frame, comment = 0): Uint8Array {
  const head = Buffer.alloc(13)
  head.write('GIF89a')
  head.writeUInt16LE(width, 6)
  head.writeUInt16LE(height, 8)
  head.set([0x80, 0, 0], 10)
  const image = Buffer.alloc(10)
  image[0] = 0x2c
  image.writeUInt16LE(frame.width, 5)
  image.writeUInt16LE(frame.height, 7)
  const control = Buffer.from([0x21, 0xf9, 4, 0, 1, 0, 0, 0])
  const one = Buffer.concat([control, image, pixels(frame.width * frame.height)])
  const colours = Buffer.from([255, 0, 0, 0, 0, 255])
  return Buffer.concat([
    head,
    colours,
    comments(comment),
    ...Array.from({ length: frames }, () => one),
    Buffer.of(0x3b),
  ])
}

/** LZW of so many zeros with codes of three bits: a clear code before every second pixel keeps them short. */
function pixels(count: number): Buffer {
  let bits = ''
  for (let i = 0; i < count; i += 2) bits += '001' + '000'.repeat(Math.min(2, count - i))
  bits += '101'
  const codes = Buffer.alloc(Math.ceil(bits.length / 8))
  for (let i = 0; i < bits.length; i++) if (bits[i] === '1') codes[i >> 3]! |= 1 << (i & 7)
  return Buffer.concat([Buffer.of(2), blocks(codes)])
}

function blocks(data: Uint8Array): Buffer {
  const parts: Uint8Array[] = []
  for (let at = 0; at < data.length; at += 255) {
    const piece = data.subarray(at, at + 255)
    parts.push(Buffer.of(piece.length), piece)
  }
  return Buffer.concat([...parts, Buffer.of(0)])
}

function comments(bytes: number): Buffer {
  return bytes === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.of(0x21, 0xfe), blocks(Buffer.alloc(bytes, 65))])
}

const small = { width: 2, height: 2 }

export const gifAttacks: readonly Attack[] = [
  { name: 'GIF of 10,000 frames', make: () => gif({ width: 500, height: 500 }, 10_000, small) },
  { name: 'GIF of 1,000,000 frames', make: () => gif(small, 1_000_000, { width: 1, height: 1 }) },
  {
    name: 'GIF of 10,000 frames on a canvas of 16,000 x 16,000',
    make: () => gif({ width: 16_000, height: 16_000 }, 10_000, small),
  },
  {
    name: 'GIF of 65,535 x 65,535',
    make: () => gif({ width: 65_535, height: 65_535 }, 1, small),
  },
  { name: 'GIF with a frame larger than its canvas', make: () => gif(small, 1, { width: 3000, height: 3000 }) },
  {
    name: 'GIF with a frame of 65,535 x 65,535 of which nothing is there',
    make: () => {
      const bytes = Buffer.from(gif(small, 1, small))
      bytes.writeUInt16LE(65_535, 13 + 6 + 8 + 5)
      bytes.writeUInt16LE(65_535, 13 + 6 + 8 + 7)
      return bytes
    },
  },
  {
    name: 'GIF of 50 MB of comments',
    make: () => gif({ width: 10, height: 10 }, 1, { width: 10, height: 10 }, 50_000_000),
  },
]
