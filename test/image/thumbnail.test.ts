import { expect, test } from '@jest/globals'
import sharp from 'sharp'
import { thumbnail } from '../../src/image/thumbnail.js'

test('is the middle of a picture, small and square, as WebP', async () => {
  // Red to the left and right of a green square.
  const side = { create: { width: 300, height: 300, channels: 3 as const, background: '#f00' } }
  const green = { create: { ...side.create, background: '#0f0' } }
  const picture = await sharp({ create: { ...side.create, width: 900 } })
    .composite([{ input: await sharp(green).png().toBuffer(), left: 300, top: 0 }])
    .png()
    .toBuffer()
  const small = await thumbnail(picture)
  expect(await sharp(small).metadata()).toMatchObject({ format: 'webp', width: 96, height: 96 })
  const { data } = await sharp(small).raw().toBuffer({ resolveWithObject: true })
  for (const pixel of [5 * 96 + 5, 48 * 96 + 48, 90 * 96 + 90]) {
    const [red, green, blue] = data.subarray(3 * pixel, 3 * pixel + 3)
    expect([red! < 30, green! > 225, blue! < 30]).toEqual([true, true, true])
  }
  expect(small.length).toBeLessThan(4000)
})

test('of what is no picture throws', async () => {
  await expect(thumbnail(Buffer.from('no picture'))).rejects.toMatchObject({ code: 'BAD_INPUT' })
})
