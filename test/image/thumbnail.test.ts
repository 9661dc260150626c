import { expect, test } from '@jest/globals'
import sharp from 'sharp'
import { thumbnail } from '../../src/image/thumbnail.js'

test('is the whole picture in its shape, small, as WebP', async () => {
  // Red to the left and right of a green square.
  const side = { create: { width: 300, height: 300, channels: 3 as const, background: '#f00' } }
  const green = { create: { ...side.create, background: '#0f0' } }
  const picture = await sharp({ create: { ...side.create, width: 900 } })
    .composite([{ input: await sharp(green).png().toBuffer(), left: 300, top: 0 }])
    .png()
    .toBuffer()
  const small = await thumbnail(picture)
  expect(await sharp(small).metadata()).toMatchObject({ format: 'webp', width: 192, height: 64 })
  const { data } = await sharp(small).raw().toBuffer({ resolveWithObject: true })
  const isGreen = [10, 50, 74, 96, 118, 142, 180].map((x) => {
    const [red, green, blue] = data.subarray(3 * (32 * 192 + x), 3 * (32 * 192 + x) + 3)
    expect(blue! < 30).toBe(true)
    return green! > 225 && red! < 30
  })
  expect(isGreen).toEqual([false, false, true, true, true, false, false])
  expect(small.length).toBeLessThan(8000)
})

test.each([
  [80, 60, 80, 60],
  [600, 2000, 58, 192],
  [5000, 1, 192, 1],
])('of %d by %d pixels it has %d by %d: no picture is made larger', async (width, height, smallWidth, smallHeight) => {
  const picture = await sharp({ create: { width, height, channels: 3, background: '#888' } })
    .png()
    .toBuffer()
  expect(await sharp(await thumbnail(picture)).metadata()).toMatchObject({ width: smallWidth, height: smallHeight })
})

test('of what is no picture throws', async () => {
  await expect(thumbnail(Buffer.from('no picture'))).rejects.toMatchObject({ code: 'BAD_INPUT' })
})
