import { describe, expect, test } from '@jest/globals'
import { pixelsOf } from '../../src/image/measure.js'
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

describe('pixelsOf', () => {
  test.each<[string, () => Promise<Uint8Array>]>([
    ['JPEG', () => picture.clone().jpeg().toBuffer()],
    ['a JPEG that lies on its side', () => picture.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer()],
    ['PNG', () => picture.clone().png().toBuffer()],
    ['WebP', () => picture.clone().webp().toBuffer()],
    ['GIF', () => picture.clone().gif().toBuffer()],
    ['TIFF', () => picture.clone().tiff().toBuffer()],
    ['AVIF', () => picture.clone().avif().toBuffer()],
    ['BMP', () => Promise.resolve(bmp(30, 20))],
    ['a BMP from the top', () => Promise.resolve(bmp(30, -20))],
  ])('%s', async (_, bytes) => {
    expect(await pixelsOf(await bytes())).toBe(600)
  })

  test('goes by the header, however large the picture and however little of it is there', async () => {
    expect(await pixelsOf(claimedPng(30_000, 30_000, 1))).toBe(9e8)
  })

  test('does not know where there is no header', async () => {
    expect(await pixelsOf(Buffer.from('no picture'))).toBeUndefined()
    expect(await pixelsOf(new Uint8Array())).toBeUndefined()
  })
})
