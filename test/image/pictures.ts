import { crc32, deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import type { Preprocess } from '../../src/image/types.js'

type Colour = readonly [number, number, number]

/** RGB, HWC, as `loadImage` returns it. */
export interface Picture {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/** A picture from a function of the position of a pixel. */
export function paint(width: number, height: number, colour: (x: number, y: number) => Colour): Picture {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(colour(x, y), (y * width + x) * 3)
  }
  return { data, width, height }
}

export function encoder({ data, width, height }: Picture): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } })
}

/** A `Preprocess` that shows a picture unchanged, pixel by pixel. */
export function asIs({ width, height }: { width: number; height: number }): Preprocess {
  return { width, height, resize: 'squash', cropFraction: 1, interpolation: 'nearest' }
}

export function pixelAt(pixels: Uint8Array, width: number, x: number, y: number): number[] {
  const at = (y * width + x) * 3
  return [...pixels.subarray(at, at + 3)]
}

/** The largest difference between values; infinite where the lengths differ. */
export function largestDifference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return Infinity
  let largest = 0
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!))
  return largest
}

/** The mean difference between values; infinite where the lengths differ. */
export function meanDifference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return Infinity
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length
}

/** A PNG whose header announces width x height 1-bit grey pixels, all black: a few bytes for a picture of any size. */
export function claimedPng(width: number, height: number, rowsPresent: number): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 1
  const rows = deflateSync(Buffer.alloc(rowsPresent * (1 + Math.ceil(width / 8))))
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, pngChunk('IHDR', header), pngChunk('IDAT', rows), pngChunk('IEND', Buffer.alloc(0))])
}

/** A chunk of a PNG. */
export function pngChunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, checksum])
}
