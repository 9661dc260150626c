import sharp = require('sharp')
import type { Attack } from './attack.js'
import { repeatingExif } from './exif.js'

function flat(width: number, height: number): sharp.Sharp {
  return sharp({
    create: { width, height, channels: 3, background: { r: 90, g: 120, b: 30 } },
    limitInputPixels: false,
  })
}

function segment(marker: number, content: Uint8Array): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([head, content])
}

/** Segments put in behind the start of a picture. */
async function withSegments(segments: readonly Buffer[], picture = flat(16, 16)): Promise<Uint8Array> {
  const bytes = await picture.jpeg().toBuffer()
  return Buffer.concat([bytes.subarray(0, 2), ...segments, bytes.subarray(2)])
}

/** A colour profile in as many segments as it takes. */
export function profileSegments(profile: Uint8Array): Buffer[] {
  const most = 65_519
  const count = Math.ceil(profile.length / most)
  return Array.from({ length: count }, (_, i) => {
    const head = Buffer.from(`ICC_PROFILE\0${String.fromCharCode(i + 1, count)}`, 'latin1')
    return segment(0xe2, Buffer.concat([head, profile.subarray(i * most, (i + 1) * most)]))
  })
}

/** A progressive picture whose last scan is there so many times. */
async function scans(side: number, count: number): Promise<Uint8Array> {
  const bytes = await flat(side, side).jpeg({ progressive: true, mozjpeg: false }).toBuffer()
  const start = bytes.lastIndexOf(Buffer.from([0xff, 0xda]))
  const last = bytes.subarray(start, bytes.length - 2)
  return Buffer.concat([
    bytes.subarray(0, start),
    ...Array.from({ length: count }, () => last),
    Buffer.from([0xff, 0xd9]),
  ])
}

async function progressive(side: number, chromaSubsampling: string, cmyk = false): Promise<Uint8Array> {
  const image = cmyk ? flat(side, side).toColourspace('cmyk') : flat(side, side)
  return image.jpeg({ progressive: true, chromaSubsampling }).toBuffer()
}

export const jpegAttacks: readonly Attack[] = [
  { name: 'JPEG of 10,000 scans', make: () => scans(2000, 10_000) },
  { name: 'JPEG of 90 scans, 16,000 x 16,000', make: () => scans(16_000, 80) },
  { name: 'progressive JPEG of 16,000 x 16,000', make: () => progressive(16_000, '4:2:0') },
  { name: 'progressive JPEG of 16,000 x 16,000, full colour', make: () => progressive(16_000, '4:4:4') },
  { name: 'progressive JPEG of 11,000 x 11,000 in CMYK', make: () => progressive(11_000, '4:4:4', true) },
  { name: 'JPEG of 65,500 x 1', make: () => flat(65_500, 1).jpeg().toBuffer() },
  { name: 'JPEG of 1 x 65,500', make: () => flat(1, 65_500).jpeg().toBuffer() },
  {
    name: 'JPEG of 100,000 comments',
    make: () => withSegments(Array.from({ length: 100_000 }, () => segment(0xfe, Buffer.alloc(500)))),
  },
  {
    name: 'JPEG whose EXIF says the same text 2,000 times',
    make: () =>
      withSegments([segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), repeatingExif(2000, 40_000)]))]),
  },
  {
    name: 'JPEG of a colour profile of 16 MB of nothing',
    make: () => withSegments(profileSegments(Buffer.alloc(16_000_000))),
  },
]
