import { deflateSync } from 'node:zlib'
import type { Attack } from './attack.js'

type Entry = readonly [tag: number, type: 3 | 4, values: readonly number[]]

/** Pages of a TIFF, one directory each, behind the data that their entries point to. */
export function tiff(data: Uint8Array, pages: readonly (readonly Entry[])[], loops = false): Uint8Array {
  const parts: Buffer[] = [Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0]), Buffer.from(data)]
  let length = 8 + data.length
  const starts: number[] = []
  const links: { readonly part: Buffer; readonly at: number }[] = []
  for (const entries of pages) {
    const directory = Buffer.alloc(2 + 12 * entries.length + 4)
    directory.writeUInt16LE(entries.length)
    starts.push(length)
    parts.push(directory)
    length += directory.length
    entries.forEach(([tag, type, values], i) => {
      const at = 2 + 12 * i
      const size = type === 3 ? 2 : 4
      const content = Buffer.alloc(Math.max(4, size * values.length))
      values.forEach((value, n) =>
        size === 2 ? content.writeUInt16LE(value, 2 * n) : content.writeUInt32LE(value, 4 * n),
      )
      directory.writeUInt16LE(tag, at)
      directory.writeUInt16LE(type, at + 2)
      directory.writeUInt32LE(values.length, at + 4)
      if (content.length === 4) return void content.copy(directory, at + 8)
      directory.writeUInt32LE(length, at + 8)
      parts.push(content)
      length += content.length
    })
    links.push({ part: directory, at: directory.length - 4 })
  }
  parts[0]!.writeUInt32LE(starts[0]!, 4)
  links.forEach(({ part, at }, i) => part.writeUInt32LE(starts[i + 1] ?? (loops ? starts[0]! : 0), at))
  return Buffer.concat(parts)
}

interface Page {
  readonly width: number
  readonly height: number
  readonly rows?: number
  readonly bits?: number
  readonly samples?: number
  readonly compression?: number
  /** Where the data of each strip lie, all of them the same. */
  readonly bytes: number
  readonly tile?: number
  readonly planar?: number
}

export function page(options: Page): Entry[] {
  const { width, height, rows = height, bits = 8, samples = 1, compression = 1, bytes, tile, planar = 1 } = options
  const across = tile === undefined ? Math.ceil(height / rows) : Math.ceil(width / tile) * Math.ceil(height / tile)
  const count = across * (planar === 2 ? samples : 1)
  const places = Array.from({ length: count }, () => 8)
  const sizes = Array.from({ length: count }, () => bytes)
  const entries: Entry[] = [
    [256, 4, [width]],
    [257, 4, [height]],
    [258, 3, Array.from({ length: samples }, () => bits)],
    [259, 3, [compression]],
    [262, 3, [samples >= 3 ? 2 : 1]],
    [277, 3, [samples]],
    [284, 3, [planar]],
    ...((bits > 16 ? [[339, 3, Array.from({ length: samples }, () => 3)]] : []) as Entry[]),
    ...((tile === undefined
      ? [
          [273, 4, places],
          [278, 4, [rows]],
          [279, 4, sizes],
        ]
      : [
          [322, 4, [tile]],
          [323, 4, [tile]],
          [324, 4, places],
          [325, 4, sizes],
        ]) as Entry[]),
  ]
  return entries.sort(([a], [b]) => a - b)
}

const deflated = (length: number) => deflateSync(Buffer.alloc(length, 77), { level: 9 })

function one(options: Omit<Page, 'bytes'>, data: Uint8Array): Uint8Array {
  return tiff(data, [page({ ...options, bytes: data.length })])
}

/** Deflate, as Adobe numbers it. */
const zip = 8

export const tiffAttacks: readonly Attack[] = [
  {
    name: 'TIFF of 1,000 pages',
    make: () =>
      tiff(
        Buffer.alloc(100),
        Array.from({ length: 1000 }, () => page({ width: 10, height: 10, bytes: 100 })),
      ),
  },
  {
    name: 'TIFF of 60,000 pages',
    make: () =>
      tiff(
        Buffer.alloc(1),
        Array.from({ length: 60_000 }, () => page({ width: 1, height: 1, bytes: 1 })),
      ),
  },
  {
    name: 'TIFF whose pages go round in a circle',
    make: () =>
      tiff(
        Buffer.alloc(100),
        Array.from({ length: 3 }, () => page({ width: 10, height: 10, bytes: 100 })),
        true,
      ),
  },
  {
    name: 'TIFF of a million strips of one row',
    make: () => one({ width: 200, height: 1_000_000, rows: 1 }, Buffer.alloc(200)),
  },
  {
    name: 'TIFF of one column',
    make: () => one({ width: 1, height: 200_000_000, rows: 65_536 }, Buffer.alloc(65_536)),
  },
  {
    name: 'TIFF of one row',
    make: () => one({ width: 200_000_000, height: 1, compression: zip }, deflated(200_000_000)),
  },
  {
    name: 'TIFF in a single deflated strip',
    make: () => one({ width: 16_000, height: 16_000, compression: zip }, deflated(256_000_000)),
  },
  {
    name: 'TIFF in a single deflated tile',
    make: () => one({ width: 16_000, height: 16_000, tile: 16_000, compression: zip }, deflated(256_000_000)),
  },
  {
    name: 'TIFF of 10 x 10 pixels in a tile of 40,000 x 40,000',
    make: () => one({ width: 10, height: 10, tile: 40_000, compression: zip }, deflated(1_600_000_000)),
  },
  {
    name: 'TIFF of double floats',
    make: () => one({ width: 16_000, height: 16_000, bits: 64, rows: 100, compression: zip }, deflated(12_800_000)),
  },
  {
    name: 'TIFF of 10,000 channels',
    make: () => one({ width: 500, height: 500, samples: 10_000, rows: 1, compression: zip }, deflated(5_000_000)),
  },
  {
    name: 'TIFF of 60,000 channels in planes of their own',
    make: () => one({ width: 100, height: 100, samples: 60_000, planar: 2, compression: zip }, deflated(10_000)),
  },
  {
    name: 'TIFF of three planes',
    make: () => one({ width: 16_000, height: 16_000, samples: 3, planar: 2, compression: zip }, deflated(256_000_000)),
  },
  {
    name: 'TIFF in tiles of 16 x 16',
    make: () => one({ width: 16_000, height: 16_000, samples: 3, tile: 16, compression: zip }, deflated(768)),
  },
]
