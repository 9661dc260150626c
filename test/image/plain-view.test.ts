import { describe, expect, test } from '@jest/globals'
import { decodeViews } from '../../src/image/decode.js'
import type { Preprocess } from '../../src/image/types.js'
import { encoder, paint } from './pictures.js'

const noise = paint(301, 203, (x, y) => [(x * 7919 + y * 104729) & 255, (x * y) & 255, (x ^ y) & 255])
const plainViews = [
  { mirror: false },
  { mirror: true },
  { mirror: false, brightness: 0.9 },
  { mirror: true, brightness: 1.1 },
]
const cropped = { mirror: false, crop: { left: 0, top: 0, width: 0.9, height: 0.9 } }
const usual: Preprocess = { width: 96, height: 96, resize: 'shorter', cropFraction: 0.875, interpolation: 'bicubic' }

/** The plain view alone comes from one pipeline of libvips; beside a cropped one, the picture is decoded first. */
async function expectSame(bytes: Uint8Array, preprocess = usual) {
  const alone = await decodeViews(bytes, preprocess, plainViews)
  const beside = await decodeViews(bytes, preprocess, [...plainViews, cropped])
  alone.forEach((view, i) => expect(Buffer.compare(view, beside[i]!)).toBe(0))
}

describe('the plain view alone has the pixels that it has beside others', () => {
  test.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)('%s', async (format) => {
    await expectSame(await encoder(noise).toFormat(format).toBuffer())
  })

  test.each(['cmyk', 'b-w', 'rgb16'])('in the colours of %s', async (space) => {
    const image = encoder(noise).toColourspace(space)
    await expectSame(await (space === 'cmyk' ? image.jpeg() : image.png()).toBuffer())
  })

  test('with a profile, and with transparent pixels', async () => {
    await expectSame(await encoder(noise).withIccProfile('p3').jpeg().toBuffer())
    await expectSame(await encoder(noise).ensureAlpha(0.5).png().toBuffer())
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('upright by tag %i', async (orientation) => {
    await expectSame(await encoder(noise).withMetadata({ orientation }).jpeg().toBuffer())
  })

  test.each<[string, Preprocess]>([
    ['larger than the picture', { ...usual, width: 320, height: 310, cropFraction: 1 }],
    ['squashed', { ...usual, resize: 'squash', interpolation: 'lanczos' }],
    ['much smaller, where a JPEG is shrunk while decoding', { ...usual, width: 24, height: 24 }],
    ['three times smaller, where it must not be', { ...usual, width: 64, height: 48, interpolation: 'bilinear' }],
    ['of whole pixels', { ...usual, interpolation: 'nearest' }],
  ])('%s', async (_, preprocess) => {
    await expectSame(await encoder(noise).jpeg().toBuffer(), preprocess)
  })
})
