import { expect, test } from '@jest/globals'
import sharp, { type Sharp } from 'sharp'
import { loadImage } from '../../../src/image/decode.js'
import { firstFrame } from '../../../src/image/formats/webp-frames.js'
import { asIs, encoder, largestDifference, paint } from '../pictures.js'

const first = paint(30, 20, (x, y) => [8 * x, 12 * y, 90])
const others = [50, 150].map((light) => paint(30, 20, (x, y) => [12 * y, light, 8 * x]))

/** An animation, whose frames sharp takes one below the other. */
function animation(): Sharp {
  const data = Buffer.concat([first, ...others].map((frame) => frame.data))
  return sharp(data, { raw: { width: 30, height: 60, channels: 3, pageHeight: 20 } }).webp({ lossless: true })
}

test('of an animation the first frame is left, and none of the text', async () => {
  const webp = await animation().withXmp('<x/>').toBuffer()
  expect((await sharp(webp).metadata()).pages).toBe(3)
  const cut = firstFrame(webp)
  const { pages, xmp, width, height } = await sharp(cut).metadata()
  expect([pages, xmp, width, height]).toEqual([1, undefined, 30, 20])
  expect(largestDifference(await loadImage(cut, asIs(first)), first.data)).toBe(0)
  expect(largestDifference(await loadImage(webp, asIs(first)), first.data)).toBe(0)
})

test('a plain picture is left as it is, with its orientation and colours, and without its text', async () => {
  const plain = encoder(first).withMetadata({ orientation: 6 }).withIccProfile('p3')
  const webp = await plain.clone().webp().toBuffer()
  expect(firstFrame(webp)).toBe(webp)
  const cut = await sharp(firstFrame(await plain.withXmp('<x/>').webp().toBuffer())).metadata()
  expect([cut.orientation, cut.xmp, cut.hasProfile]).toEqual([6, undefined, true])
})

test('a chunk that is cut off stays for the decoder to refuse', async () => {
  const webp = await animation().toBuffer()
  const cut = Buffer.from(firstFrame(webp.subarray(0, webp.length - 10)))
  expect(cut.subarray(-20).equals(webp.subarray(-30, -10))).toBe(true)
  for (const length of [0, 12, 19]) expect(firstFrame(webp.subarray(0, length))).toHaveLength(length)
})
