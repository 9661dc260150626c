import sharp = require('sharp')
import type { Attack } from './attack.js'
import { extent, findBox, grid, heif, type Coded } from './bmff-boxes.js'
import { repeatingExif } from './exif.js'

/** A flat picture in AV1. */
export async function av1(width: number, height: number): Promise<Coded> {
  const image = sharp({
    create: { width, height, channels: 3, background: { r: 90, g: 120, b: 30 } },
    limitInputPixels: false,
  })
  const bytes = await image.avif({ effort: 0 }).toBuffer()
  return { brand: 'avif', type: 'av01', setUp: findBox(bytes, 'av1C'), data: findBox(bytes, 'mdat').subarray(8) }
}

/** A picture whose header says one size, and the data another. */
export function lying({ brand, type, setUp, data }: Coded, width: number, height: number): Uint8Array {
  return heif({ brand, items: [{ type, data, properties: [1, 2] }], properties: [setUp, extent(width, height)] })
}

/** A grid all of whose tiles are one picture of `side` x `side`. */
export function tiled({ brand, type, setUp, data }: Coded, side: number, across: number): Uint8Array {
  const whole = side * across
  const tiles = Array.from({ length: across ** 2 }, () => ({ type, data, properties: [1, 2] }))
  return heif({
    brand,
    items: [
      { type: 'grid', data: grid(across, across, whole, whole), properties: [3], from: tiles.map((_, i) => i + 2) },
      ...tiles,
    ],
    properties: [setUp, extent(side, side), extent(whole, whole)],
  })
}

/** A picture among so many others. */
export function among({ brand, type, setUp, data }: Coded, side: number, others: number): Uint8Array {
  const one = { type, data, properties: [1, 2] }
  const rest = Array.from({ length: others }, () => ({ type: 'av01', data: Buffer.alloc(0), properties: [2] }))
  return heif({ brand, items: [one, ...rest], properties: [setUp, extent(side, side)] })
}

/** A grid of grids of grids, each of `across` squared; the last of them of one picture. */
export function nested({ brand, type, setUp, data }: Coded, side: number, across: number, depth: number): Uint8Array {
  const grids = Array.from({ length: depth }, (_, i) => {
    const whole = side * across ** (depth - i)
    return {
      type: 'grid',
      data: grid(across, across, whole, whole),
      properties: [i + 3],
      from: Array.from({ length: across ** 2 }, () => i + 2),
    }
  })
  const extents = grids.map((_, i) => extent(side * across ** (depth - i), side * across ** (depth - i)))
  return heif({
    brand,
    items: [...grids, { type, data, properties: [1, 2] }],
    properties: [setUp, extent(side, side), ...extents],
  })
}

/** A grid that is its own tile. */
function ownTile({ brand, setUp }: Coded): Uint8Array {
  return heif({
    brand,
    items: [{ type: 'grid', data: grid(2, 2, 64, 64), properties: [2], from: [1, 1, 1, 1] }],
    properties: [setUp, extent(64, 64)],
  })
}

function withExif({ brand, type, setUp, data }: Coded, exif: Uint8Array): Uint8Array {
  return heif({
    brand,
    items: [
      { type, data, properties: [1, 2] },
      { type: 'Exif', data: Buffer.concat([Buffer.alloc(4), exif]), properties: [], from: [1] },
    ],
    properties: [setUp, extent(64, 64)],
  })
}

export const bmffAttacks: readonly Attack[] = [
  { name: 'AVIF as it should be', make: async () => lying(await av1(64, 64), 64, 64) },
  { name: 'AVIF of 8,000 x 8,000 that says it is 16 x 16', make: async () => lying(await av1(8000, 8000), 16, 16) },
  {
    name: 'AVIF of 64 x 64 that says it is 16,000 x 16,000',
    make: async () => lying(await av1(64, 64), 16_000, 16_000),
  },
  { name: 'AVIF of 1 x 65,536', make: async () => lying(await av1(64, 64), 1, 65_536) },
  { name: 'AVIF of 8,000 x 8,000', make: async () => lying(await av1(8000, 8000), 8000, 8000) },
  { name: 'AVIF of 62,500 tiles of 64 x 64', make: async () => tiled(await av1(64, 64), 64, 250) },
  { name: 'AVIF of four tiles of 64 x 64', make: async () => tiled(await av1(64, 64), 64, 2) },
  { name: 'AVIF of 60,000 items', make: async () => among(await av1(64, 64), 64, 60_000) },
  { name: 'AVIF of a grid of grids', make: async () => nested(await av1(64, 64), 64, 2, 7) },
  { name: 'AVIF that is its own tile', make: async () => ownTile(await av1(64, 64)) },
  {
    name: 'AVIF whose EXIF says 1 MB of text 60,000 times',
    make: async () => withExif(await av1(64, 64), repeatingExif(60_000, 1_000_000)),
  },
]
