import { describe, expect, test } from '@jest/globals'
import { measure } from '../../src/image/measure.js'
import { claimedPng, encoder, paint } from './pictures.js'

const picture = encoder(paint(30, 20, (x, y) => [x, y, 0]))

/** The start of a BMP of 24 bits a pixel. */
function bmp(width: number, height: number): Uint8Array {
  const bytes = Buffer.alloc(54)
  bytes.write('BM')
  bytes.writeUInt32LE(40, 14)
  bytes.writeInt32LE(width, 18)
  bytes.writeInt32LE(height, 22)
  return bytes
}

describe('measure', () => {
  test.each<[string, number, () => Promise<Uint8Array>]>([
    ['JPEG', 1, () => picture.clone().jpeg().toBuffer()],
    ['a progressive JPEG', 6, () => picture.clone().jpeg({ progressive: true }).toBuffer()],
    ['a JPEG that lies on its side', 1, () => picture.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer()],
    [
      'a PNG of 16 bits with transparency',
      8,
      () => picture.clone().ensureAlpha().toColourspace('rgb16').png().toBuffer(),
    ],
    ['PNG', 6, () => picture.clone().png().toBuffer()],
    ['WebP', 6, () => picture.clone().webp().toBuffer()],
    ['GIF', 6, () => picture.clone().gif().toBuffer()],
    ['TIFF', 6, () => picture.clone().tiff().toBuffer()],
    ['AVIF', 6, () => picture.clone().avif().toBuffer()],
    ['BMP', 6, () => Promise.resolve(bmp(30, 20))],
    ['a BMP from the top', 6, () => Promise.resolve(bmp(30, -20))],
  ])('%s', async (_, bytesPerPixel, bytes) => {
    expect(await measure(await bytes())).toEqual({ pixels: 600, bytes: 600 * bytesPerPixel })
  })

  test('goes by the header, however large the picture and however little of it is there', async () => {
    expect(await measure(claimedPng(30_000, 30_000, 1))).toMatchObject({ pixels: 9e8 })
  })

  test('does not know where there is no header', async () => {
    expect(await measure(Buffer.from('no picture'))).toBeUndefined()
    expect(await measure(new Uint8Array())).toBeUndefined()
  })
})
