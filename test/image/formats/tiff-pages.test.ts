import { describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { loadImage } from '../../../src/image/decode.js'
import { firstPage, withoutOtherPages } from '../../../src/image/formats/tiff-pages.js'
import { page, tiff } from '../../../torture/pictures/attacks/tiff.js'
import { asIs, encoder, largestDifference, paint } from '../pictures.js'

const picture = paint(60, 40, (x, y) => [4 * x, 6 * y, 100])

describe.each([false, true])('the first page of a TIFF, with long numbers: %s', (bigtiff) => {
  test('is left of several', async () => {
    const several = await encoder(picture).tiff({ pyramid: true, tile: true, compression: 'none', bigtiff }).toBuffer()
    const pyramid = await encoder(picture)
      .resize(600, 400, { kernel: 'nearest' })
      .tiff({ pyramid: true, tile: true, tileWidth: 64, tileHeight: 64, compression: 'none', bigtiff })
      .toBuffer()
    expect((await sharp(pyramid).metadata()).pages).toBeGreaterThan(1)
    expect((await sharp(withoutOtherPages(pyramid)).metadata()).pages).toBe(1)
    expect(firstPage(pyramid)!.pieces).toBe(Math.ceil(600 / 64) * Math.ceil(400 / 64))
    expect(largestDifference(await loadImage(several, asIs(picture)), picture.data)).toBe(0)
  })

  test('a plain one is left as it is, and so is one that is cut off', async () => {
    const plain = await encoder(picture).tiff({ compression: 'none', bigtiff }).toBuffer()
    expect(withoutOtherPages(plain)).toBe(plain)
    for (const length of [4, 8, 16, plain.length - 8]) {
      const cut = plain.subarray(0, length)
      expect(withoutOtherPages(cut)).toBe(cut)
    }
  })
})

test('a TIFF in very many pieces is refused, and why is said', async () => {
  const shape = { width: 10, height: 300_000, rows: 1, bytes: 10 }
  const refused = loadImage(tiff(Buffer.alloc(10), [page(shape)]), asIs(picture))
  await expect(refused).rejects.toThrow(/: it is stored in more than 262144 pieces; save it again in larger ones/)
})
