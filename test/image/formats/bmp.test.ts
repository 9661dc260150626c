import { describe, expect, test } from '@jest/globals'
import { decodeBmp } from '../../../src/image/formats/bmp.js'
import { loadImage } from '../../../src/image/decode.js'
import { asIs } from '../pictures.js'

interface Parts {
  readonly size?: number
  readonly width?: number
  readonly height?: number
  readonly bits: number
  readonly compression?: number
  readonly masks?: readonly number[]
  readonly palette?: readonly number[]
  readonly rows: readonly number[]
}

/** A BMP written after its definition; 3 x 2 pixels by default. */
function bmp({
  size = 40,
  width = 3,
  height = 2,
  bits,
  compression = 0,
  masks = [],
  palette = [],
  rows,
}: Parts): Buffer {
  const head = Buffer.alloc(14 + size)
  head.write('BM')
  head.writeUInt32LE(head.length + 4 * masks.length + palette.length, 10)
  head.writeUInt32LE(size, 14)
  if (size === 12) {
    ;[width, height, 1, bits].forEach((value, i) => head.writeUInt16LE(value, 18 + 2 * i))
  } else {
    head.writeInt32LE(width, 18)
    head.writeInt32LE(height, 22)
    head.writeUInt16LE(1, 26)
    head.writeUInt16LE(bits, 28)
    if (size >= 20) head.writeUInt32LE(compression, 30)
  }
  const maskBytes = Buffer.alloc(4 * masks.length)
  masks.forEach((mask, i) => maskBytes.writeUInt32LE(mask, 4 * i))
  return Buffer.concat([head, maskBytes, Buffer.from(palette), Buffer.from(rows)])
}

const [black, red, white] = [
  [0, 0, 0],
  [255, 0, 0],
  [255, 255, 255],
]
/** The upper row is black, red, white; the lower one is red, red, black. */
const expected = [...black!, ...red!, ...white!, ...red!, ...red!, ...black!]
const colours = [0, 0, 0, 0, 0, 0, 255, 0, 255, 255, 255, 0]
const lower24 = [0, 0, 255, 0, 0, 255, 0, 0, 0, 0, 0, 0]
const upper24 = [0, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0]

describe('decodeBmp', () => {
  test.each<[string, Parts]>([
    ['24 bits', { bits: 24, rows: [...lower24, ...upper24] }],
    ['24 bits, the upper row first', { bits: 24, height: -2, rows: [...upper24, ...lower24] }],
    ['8 bits with a palette', { bits: 8, palette: colours, rows: [1, 1, 0, 9, 0, 1, 2, 9] }],
    ['4 bits', { bits: 4, palette: colours, rows: [0x11, 0x09, 0, 0, 0x01, 0x29, 0, 0] }],
    [
      '32 bits',
      { bits: 32, rows: [0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 255, 7, 255, 255, 255, 0] },
    ],
    ['16 bits', { bits: 16, rows: [0, 0x7c, 0, 0x7c, 0, 0, 0, 0, 0, 0, 0, 0x7c, 0xff, 0x7f, 0, 0] }],
    [
      '16 bits with masks',
      {
        bits: 16,
        compression: 3,
        masks: [0xf800, 0x7e0, 0x1f],
        rows: [0, 0xf8, 0, 0xf8, 0, 0, 0, 0, 0, 0, 0, 0xf8, 0xff, 0xff, 0, 0],
      },
    ],
    [
      '32 bits with masks',
      {
        bits: 32,
        compression: 3,
        masks: [0xff, 0xff00, 0xff0000],
        rows: [255, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0],
      },
    ],
  ])('%s', async (_, parts) => {
    expect([...(await decodeBmp(bmp(parts), 100)).pixels]).toEqual(expected)
    expect([...(await loadImage(bmp(parts), asIs({ width: 3, height: 2 })))]).toEqual(expected)
  })

  test("one bit, and OS/2's short header", async () => {
    const bits = bmp({
      bits: 1,
      palette: [0, 0, 0, 0, 255, 255, 255, 0],
      rows: [0b01000000, 0, 0, 0, 0b10100000, 0, 0, 0],
    })
    expect([...(await decodeBmp(bits, 100)).pixels].filter((_, i) => i % 3 === 0)).toEqual([255, 0, 255, 0, 255, 0])
    const padding = Array.from({ length: 12 }, () => 0)
    const short = bmp({ size: 12, bits: 24, rows: [...lower24, ...upper24, ...padding] })
    expect([...(await decodeBmp(short, 100)).pixels]).toEqual(expected)
  })

  test("the least that there is of OS/2's headers", async () => {
    const one = { width: 1, height: 1, bits: 24, rows: [0, 0, 255, 0] }
    for (const size of [12, 16]) expect([...(await decodeBmp(bmp({ ...one, size }), 100)).pixels]).toEqual(red)
  })

  test('what reaches beyond the end is a fault with a name', async () => {
    const whole = bmp({ size: 16, width: 1, height: 1, bits: 24, rows: [] })
    for (let length = 0; length < whole.length; length++)
      await expect(decodeBmp(whole.subarray(0, length), 100)).rejects.toThrow('its header is cut off')
    const long = bmp({ width: 1, height: 1, bits: 24, rows: [0, 0, 255, 0] })
    long.writeUInt32LE(long.length, 14)
    await expect(decodeBmp(long, 100)).rejects.toThrow('its header is cut off')
    const masked = bmp({ width: 1, height: 1, bits: 16, compression: 3, rows: [0, 0, 0, 0] })
    await expect(decodeBmp(masked, 100)).rejects.toThrow('its header is cut off')
  })

  test.each<[string, Buffer, string]>([
    ['cut off', bmp({ bits: 24, rows: lower24 }), 'it is damaged (it ends before its last row)'],
    [
      'compressed',
      bmp({ bits: 8, compression: 1, palette: colours, rows: [0, 0] }),
      'it is a compressed BMP, which is not read here',
    ],
    ['of no depth', bmp({ bits: 3, rows: [...lower24, ...upper24] }), 'it is damaged (corrupt header)'],
    ['too large', bmp({ bits: 24, width: 30_000, height: 30_000, rows: lower24 }), 'it has more than 268 megapixels'],
  ])('%s', async (_, bytes, reason) => {
    await expect(loadImage(bytes, asIs({ width: 3, height: 2 }))).rejects.toThrow(`: ${reason}; replace`)
  })
})
