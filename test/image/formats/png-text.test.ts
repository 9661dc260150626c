import { deflateSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { loadImage } from '../../../src/image/decode.js'
import { withoutText } from '../../../src/image/formats/png-text.js'
import { asIs, encoder, paint, pngChunk } from '../pictures.js'

const picture = paint(30, 20, (x, y) => [8 * x, 12 * y, 90])
const plain = () => encoder(picture).withMetadata({ orientation: 6 }).withIccProfile('p3').png().toBuffer()
/** Length of signature and header, behind which chunks of text may stand. */
const headBytes = 33

const texts = [
  pngChunk('tEXt', Buffer.from('Title\0a picture')),
  pngChunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(Buffer.from('long'))])),
  pngChunk('iTXt', Buffer.from('XML:com.adobe.xmp\0\0\0\0\0<x/>')),
]

describe('withoutText', () => {
  test('leaves every other byte, wherever the text stands', async () => {
    const png = await plain()
    const end = png.length - 12
    const parts = [png.subarray(0, headBytes), png.subarray(headBytes, end), png.subarray(end)]
    const written = Buffer.concat([parts[0]!, ...texts, parts[1]!, texts[0]!, parts[2]!, Buffer.from('more')])
    expect(Buffer.from(withoutText(written)).equals(Buffer.concat([png, Buffer.from('more')]))).toBe(true)
    expect((await sharp(withoutText(written)).metadata()).orientation).toBe(6)
    expect(withoutText(png)).toBe(png)
  })

  test('a chunk that is cut off stays for the decoder to refuse', async () => {
    const png = await plain()
    const cut = Buffer.concat([png.subarray(0, headBytes), texts[0]!, texts[1]!.subarray(0, 15)])
    const expected = Buffer.concat([png.subarray(0, headBytes), texts[1]!.subarray(0, 15)])
    expect(Buffer.from(withoutText(cut)).equals(expected)).toBe(true)
    for (const length of [0, 8, 12, 19]) expect(withoutText(png.subarray(0, length))).toHaveLength(length)
  })
})

test('a PNG whose text unpacks to 350 MB takes none of it, and its pixels are the same', async () => {
  const png = await plain()
  const bomb = pngChunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(Buffer.alloc(7e6, 'a'))]))
  const written = Buffer.concat([png.subarray(0, headBytes), ...Array<Buffer>(50).fill(bomb), png.subarray(headBytes)])
  expect(written.length).toBeLessThan(400_000)
  const before = process.resourceUsage().maxRSS
  const { width, height } = (await sharp(png).metadata()).autoOrient
  const size = asIs({ width, height })
  expect(await loadImage(written, size)).toEqual(await loadImage(png, size))
  // In KiB: the text would take 342,000, twice for a moment.
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(100_000)
})
