import { describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { loadImage } from '../../../src/image/decode.js'
import { heifProfile } from '../../../src/image/formats/heif-profile.js'
import { emptyTiff, type TiffShape } from '../../../src/image/formats/tiff.js'
import { asIs, largestDifference, paint } from '../pictures.js'

const ramp = paint(60, 40, (x, y) => [4 * x, 6 * y, 100])

function encodeTiff(data: Uint8Array, shape: TiffShape): Uint8Array {
  const { file, pixels } = emptyTiff(shape)
  pixels.set(data)
  return file
}

describe('emptyTiff', () => {
  test('holds the pixels that are filled in, as they are', async () => {
    expect(
      largestDifference(await loadImage(encodeTiff(ramp.data, { ...ramp, channels: 3 }), asIs(ramp)), ramp.data),
    ).toBe(0)
  })

  test('transparency is laid on white', async () => {
    const data = Uint8Array.of(10, 20, 30, 255, 10, 20, 30, 0)
    const tiff = encodeTiff(data, { width: 2, height: 1, channels: 4 })
    expect([...(await loadImage(tiff, asIs({ width: 2, height: 1 })))]).toEqual([10, 20, 30, 255, 255, 255])
  })

  test('colours go by the profile that comes with them', async () => {
    const wide = sharp(ramp.data, { raw: { ...ramp, channels: 3 } }).withIccProfile('p3')
    const data = await wide.clone().raw().toBuffer()
    const png = await wide.png().toBuffer()
    const { icc } = await sharp(png).metadata()
    const tiff = encodeTiff(data, { width: 60, height: 40, channels: 3, profile: icc })
    expect(largestDifference(data, ramp.data)).toBeGreaterThan(10)
    expect(largestDifference(await loadImage(tiff, asIs(ramp)), await loadImage(png, asIs(ramp)))).toBe(0)
  })
})

describe('heifProfile', () => {
  test('finds the profile of a picture that sharp writes, and nothing where there is none', async () => {
    const plain = sharp(ramp.data, { raw: { ...ramp, channels: 3 } })
    const avif = await plain.clone().withIccProfile('p3').avif({ effort: 0 }).toBuffer()
    const { icc } = await sharp(avif).metadata()
    expect(Buffer.from(heifProfile(avif)!).equals(icc!)).toBe(true)
    expect(heifProfile(await plain.avif({ effort: 0 }).toBuffer())).toBeUndefined()
    expect(heifProfile(avif.subarray(0, 30))).toBeUndefined()
    expect(heifProfile(new Uint8Array(8))).toBeUndefined()
  })
})
