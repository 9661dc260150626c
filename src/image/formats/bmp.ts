import { setImmediate } from 'node:timers/promises'
import { emptyTiff, type Tiff } from './tiff.js'

/** Pixels that are decoded before other work gets a turn. */
const pixelsAtOnce = 2 ** 20

/** The reason for a compressed BMP; hardly any program writes one. */
export const compressedBmp = 'it is a compressed BMP, which is not read here'

const cutOff = 'its header is cut off'

const uncompressed = 0
const bitFields = [3, 6]

/** The bits of each channel in a pixel of 16 or 32 bits. */
type Masks = readonly [red: number, green: number, blue: number]

const masks16: Masks = [0x7c00, 0x03e0, 0x001f]
const masks32: Masks = [0xff0000, 0xff00, 0xff]

interface Header {
  readonly width: number
  readonly height: number
  readonly isTopDown: boolean
  readonly bits: number
  readonly compression: number
  /** Position of the palette, and bytes per colour in it. */
  readonly palette: number
  readonly entryBytes: number
  /** Position of the first row. */
  readonly pixels: number
  /** Bytes of a row. */
  readonly stride: number
}

/**
 * Decodes an uncompressed BMP of any depth. Transparency is ignored, because hardly any BMP means what it says there.
 *
 * @returns an uncompressed TIFF of three channels
 * @throws Error that says what is wrong with it
 */
export async function decodeBmp(bytes: Uint8Array, maxPixels: number): Promise<Tiff> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const header = readHeader(view)
  const { width, height, isTopDown, bits, compression, pixels, stride } = header
  if (compression !== uncompressed && !bitFields.includes(compression)) throw new Error(compressedBmp)
  if (![1, 4, 8, 16, 24, 32].includes(bits) || width <= 0 || height <= 0) throw new Error('corrupt header')
  if (width * height > maxPixels) throw new Error('Input image exceeds pixel limit')
  if (pixels + stride * height > bytes.length) throw new Error('it ends before its last row')

  const tiff = emptyTiff({ width, height, channels: 3 })
  const read = bits <= 8 ? paletteReader(bytes, header) : bits === 24 ? copyColour(bytes) : maskReader(view, header)
  let done = 0
  for (let y = 0; y < height; y++) {
    const row = pixels + stride * (isTopDown ? y : height - 1 - y)
    for (let x = 0; x < width; x++) {
      read(row, x, tiff.pixels, (y * width + x) * 3)
      if (++done % pixelsAtOnce === 0) await setImmediate()
    }
  }
  return tiff
}

type PixelReader = (row: number, x: number, into: Uint8Array, at: number) => void

function readHeader(view: DataView): Header {
  const size = view.byteLength < 18 ? 0 : view.getUint32(14, true)
  // The first header of OS/2 has 16-bit numbers.
  const isShort = size === 12
  if (view.byteLength < Math.max(isShort ? 26 : 30, 14 + size)) throw new Error(cutOff)
  const signed = isShort ? view.getUint16(20, true) : view.getInt32(22, true)
  const width = isShort ? view.getUint16(18, true) : view.getInt32(18, true)
  const bits = view.getUint16(isShort ? 24 : 28, true)
  const compression = size < 20 ? uncompressed : view.getUint32(30, true)
  return {
    width,
    height: Math.abs(signed),
    isTopDown: signed < 0,
    bits,
    compression,
    palette: 14 + size,
    entryBytes: isShort ? 3 : 4,
    pixels: view.getUint32(10, true),
    stride: Math.ceil((bits * width) / 32) * 4,
  }
}

function paletteReader(bytes: Uint8Array, { bits, palette, entryBytes }: Header): PixelReader {
  return (row, x, into, at) => {
    const bit = x * bits
    const index = (bytes[row + (bit >> 3)]! >> (8 - bits - (bit & 7))) & ((1 << bits) - 1)
    copyReversed(bytes, palette + index * entryBytes, into, at)
  }
}

function copyColour(bytes: Uint8Array): PixelReader {
  return (row, x, into, at) => copyReversed(bytes, row + 3 * x, into, at)
}

/** Copies one colour, which the file stores as blue, green, red. */
function copyReversed(bytes: Uint8Array, from: number, into: Uint8Array, at: number): void {
  into[at] = bytes[from + 2]!
  into[at + 1] = bytes[from + 1]!
  into[at + 2] = bytes[from]!
}

function maskReader(view: DataView, { bits, compression }: Header): PixelReader {
  const hasMasks = bitFields.includes(compression)
  if (hasMasks && view.byteLength < 66) throw new Error(cutOff)
  const masks = hasMasks ? [54, 58, 62].map((at) => view.getUint32(at, true)) : bits === 16 ? masks16 : masks32
  const channels = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask)
    return { mask, shift, largest: Math.max(1, mask >>> shift) }
  })
  return (row, x, into, at) => {
    const pixel = bits === 16 ? view.getUint16(row + 2 * x, true) : view.getUint32(row + 4 * x, true)
    channels.forEach(({ mask, shift, largest }, i) => {
      into[at + i] = Math.round((((pixel & mask) >>> shift) * 255) / largest)
    })
  }
}
