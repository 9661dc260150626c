import { crc32, deflateSync } from 'node:zlib'
import type { Attack } from './attack.js'
import { repeatingExif } from './exif.js'

interface Shape {
  readonly width: number
  readonly height: number
  readonly bits?: number
  /** As in the header: 0 grey, 2 colour, 3 palette, 6 colour with transparency. */
  readonly kind?: number
  readonly isInterlaced?: boolean
}

export function chunk(type: string, content: Uint8Array = Buffer.alloc(0)): Buffer {
  const whole = Buffer.alloc(content.length + 12)
  whole.writeUInt32BE(content.length)
  whole.write(type, 4, 'latin1')
  whole.set(content, 8)
  whole.writeUInt32BE(crc32(whole.subarray(4, content.length + 8)), content.length + 8)
  return whole
}

export function png(shape: Shape, extra: readonly Buffer[], data: Uint8Array): Uint8Array {
  const { width, height, bits = 8, kind = 0, isInterlaced = false } = shape
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header.set([bits, kind, 0, 0, isInterlaced ? 1 : 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), ...extra, chunk('IDAT', data), chunk('IEND')])
}

const bomb = (length: number) => deflateSync(Buffer.alloc(length), { level: 9 })
const grey = { width: 16, height: 16 }
const rows = deflateSync(Buffer.alloc(16 * 17))

function text(type: string, unpacked: number): Buffer {
  const head = type === 'iTXt' ? 'k\0\x01\0\0\0' : 'k\0\0'
  return chunk(type, Buffer.concat([Buffer.from(head, 'latin1'), bomb(unpacked)]))
}

const repeated = (piece: Buffer, count: number) => Array.from({ length: count }, () => piece)

export const pngAttacks: readonly Attack[] = [
  { name: 'PNG whose texts unpack to 8 GB', make: () => png(grey, repeated(text('zTXt', 8_000_000), 1000), rows) },
  { name: 'PNG whose international texts do', make: () => png(grey, repeated(text('iTXt', 8_000_000), 1000), rows) },
  {
    name: 'PNG of a colour profile that unpacks to a gigabyte',
    make: () => png(grey, [chunk('iCCP', Buffer.concat([Buffer.from('k\0\0'), bomb(1_000_000_000)]))], rows),
  },
  {
    name: 'PNG of 1,000 colour profiles',
    make: () => {
      const profile = chunk('iCCP', Buffer.concat([Buffer.from('k\0\0'), bomb(7_900_000)]))
      return png(grey, repeated(profile, 1000), rows)
    },
  },
  {
    name: 'PNG of a million chunks of no kind',
    make: () => png(grey, repeated(chunk('prIv', Buffer.alloc(4)), 1_000_000), rows),
  },
  {
    name: 'PNG whose EXIF says 1 MB of text 60,000 times',
    make: () => png(grey, [chunk('eXIf', repeatingExif(60_000, 1_000_000))], rows),
  },
  {
    name: 'PNG of 20,000 empty texts',
    make: () => png(grey, repeated(chunk('tEXt', Buffer.from('k\0')), 20_000), rows),
  },
  {
    name: 'PNG of 900 suggested palettes',
    make: () =>
      png(
        grey,
        repeated(chunk('sPLT', Buffer.concat([Buffer.from('n\0\x08', 'latin1'), Buffer.alloc(60_000)])), 900),
        rows,
      ),
  },
  {
    name: 'PNG of 100 MB of EXIF',
    make: () =>
      png(grey, [chunk('eXIf', Buffer.concat([Buffer.from('MM\0*\0\0\0\x08'), Buffer.alloc(100_000_000)]))], rows),
  },
  {
    name: 'PNG of a megapixel whose rows go on for a gigabyte',
    make: () => png({ width: 1000, height: 1000 }, [], bomb(1_000_000_000)),
  },
  {
    name: 'PNG of 16,000 x 16,000, interlaced, 16 bits, transparent',
    make: () =>
      png({ width: 16_000, height: 16_000, bits: 16, kind: 6, isInterlaced: true }, [], bomb(2_048_000_000 + 40_000)),
  },
  {
    name: 'PNG of 16,000 x 16,000, 16 bits, transparent',
    make: () => png({ width: 16_000, height: 16_000, bits: 16, kind: 6 }, [], bomb(2_048_016_000)),
  },
  { name: 'PNG of one column', make: () => png({ width: 1, height: 250_000_000 }, [], bomb(500_000_000)) },
  { name: 'PNG of one row', make: () => png({ width: 250_000_000, height: 1 }, [], bomb(250_000_001)) },
  {
    name: 'PNG of one column, interlaced',
    make: () => png({ width: 1, height: 200_000_000, isInterlaced: true }, [], bomb(400_000_000)),
  },
  {
    name: 'PNG of 2,147,483,647 pixels each way',
    make: () => png({ width: 2 ** 31 - 1, height: 2 ** 31 - 1 }, [], bomb(1000)),
    refused: /damaged/,
  },
]
