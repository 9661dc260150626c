import { existsSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import sharp, { type Sharp } from 'sharp'
import { reducedPicture } from '../../src/image/reduced.js'

const heic = '../shared/data/odd/x.heic'
const testHeic = existsSync(heic) ? test : test.skip

/** Red on the left and green on the right. */
async function halves(width: number, height: number): Promise<Sharp> {
  const half = (background: string) => ({
    create: { width: Math.ceil(width / 2), height, channels: 3 as const, background },
  })
  const green = await sharp(half('#0f0')).png().toBuffer()
  return sharp({ create: { width, height, channels: 3, background: '#f00' } }).composite([
    { input: green, left: Math.floor(width / 2), top: 0 },
  ])
}

test('a large picture is made smaller, whole and upright', async () => {
  const picture = await (await halves(1500, 3000)).jpeg().withMetadata({ orientation: 6 }).toBuffer()
  const copy = await reducedPicture(picture, 200)
  expect(await sharp(copy).metadata()).toMatchObject({ format: 'jpeg', width: 400, height: 200 })
  const pixels = await sharp(copy).raw().toBuffer()
  const at = (x: number, y: number) => [...pixels.subarray(3 * (400 * y + x), 3 * (400 * y + x) + 3)]
  // Turned by a quarter clockwise, the left half is above.
  expect(at(200, 20)[0]).toBeGreaterThan(240)
  expect(at(200, 180)[1]).toBeGreaterThan(240)
  expect(await reducedPicture(picture, 200)).toEqual(copy)
})

test('one that is decoded soon enough is left as it is', async () => {
  const picture = await (await halves(2000, 2000)).png().toBuffer()
  expect(await reducedPicture(picture, 200)).toBeUndefined()
})

test('small pictures of slow formats have a copy as well, of their size', async () => {
  const copy = await reducedPicture(await (await halves(90, 60)).avif().toBuffer(), 200)
  expect(await sharp(copy).metadata()).toMatchObject({ format: 'jpeg', width: 90, height: 60 })
})

testHeic('so has a HEIC', async () => {
  const copy = await reducedPicture(heic, 100)
  const { format, width, height } = await sharp(copy).metadata()
  expect([format, Math.min(width, height)]).toEqual(['jpeg', 100])
})

test('what is no picture is refused', async () => {
  await expect(reducedPicture(Buffer.from('no picture'), 200)).rejects.toMatchObject({ code: 'BAD_INPUT' })
})
