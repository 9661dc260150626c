import { describe, expect, test } from '@jest/globals'
import { measure } from '../../src/image/measure.js'
import { formatOf } from '../../src/image/problems.js'
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
    ['a progressive JPEG', 3.5, () => picture.clone().jpeg({ progressive: true }).toBuffer()],
    [
      'a progressive JPEG with all colours',
      6.5,
      () => picture.clone().jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
    ],
    ['a JPEG that lies on its side', 1, () => picture.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer()],
    [
      'an interlaced PNG of 16 bits with transparency',
      10,
      () => picture.clone().ensureAlpha().toColourspace('rgb16').png({ progressive: true }).toBuffer(),
    ],
    ['PNG', 1, () => picture.clone().png().toBuffer()],
    ['WebP', 5, () => picture.clone().webp().toBuffer()],
    ['GIF', 5, () => picture.clone().gif().toBuffer()],
    ['TIFF', 4, () => picture.clone().tiff().toBuffer()],
    ['a TIFF of 16 bits', 8, () => picture.clone().toColourspace('rgb16').tiff({ compression: 'none' }).toBuffer()],
    ['a TIFF of CMYK', 5, () => picture.clone().toColourspace('cmyk').tiff().toBuffer()],
    ['AVIF', 18, () => picture.clone().avif().toBuffer()],
    ['BMP', 3, () => Promise.resolve(bmp(30, 20))],
    ['a BMP from the top', 3, () => Promise.resolve(bmp(30, -20))],
  ])('%s', async (_, bytesPerPixel, bytes) => {
    const file = await bytes()
    const found = (await measure(file, formatOf(file)))!
    expect(found.bytes).toBe(600 * bytesPerPixel)
    expect([found.width, found.height].sort()).toEqual([20, 30])
  })

  test('goes by the header, however large the picture and however little of it is there', async () => {
    expect(await measure(claimedPng(30_000, 20_000, 1), 'PNG')).toMatchObject({ width: 30_000, height: 20_000 })
  })

  test('knows a picture with a fault that decoders pass over', async () => {
    const gif = await picture.clone().gif().toBuffer()
    const damaged = Buffer.concat([gif.subarray(0, -1), Buffer.alloc(64, 0x11)])
    expect(await measure(damaged, formatOf(damaged))).toMatchObject({ width: 30, height: 20 })
  })

  test('does not know where there is no header', async () => {
    expect(await measure(Buffer.from('no picture'), undefined)).toBeUndefined()
    expect(await measure(new Uint8Array(), undefined)).toBeUndefined()
  })
})
