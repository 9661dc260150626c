import { describe, expect, test } from '@jest/globals'
import sharp, { type Sharp } from 'sharp'
import { isSamePicture } from '../../../src/advice/faults/same-picture.js'
import { lookAt } from '../../../src/image/look.js'
import { createRandom } from '../../../src/math/random.js'
import { join } from 'node:path'
import { encoder, paint } from '../../image/pictures.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const folder = temporaryFolder()

/** A scene of coloured discs: bright and dark in the same places for one layout, detail by seed. */
function scene(layout: number, seed: number) {
  const large = discs(`layout ${layout}`, 6, 60)
  const small = discs(`detail ${seed}`, 60, 12)
  return paint(240, 180, (x, y) => {
    const inside = [...small, ...large].find(({ x: cx, y: cy, r }) => (x - cx) ** 2 + (y - cy) ** 2 < r * r)
    const value = inside?.value ?? 40
    return [value, value, Math.max(0, value - 30)]
  })
}

function discs(seed: string, count: number, size: number) {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => ({
    x: 240 * random.next(),
    y: 180 * random.next(),
    r: size * (0.4 + 0.6 * random.next()),
    value: Math.round(60 + 190 * random.next()),
  }))
}

let drawn = 0

async function luma(bytes: Buffer): Promise<Uint8Array> {
  const file = join(folder(), `${drawn++}.png`)
  await sharp(bytes).toFile(file)
  return (await lookAt(file))!.luma
}

const png = (layout: number, seed: number) => encoder(scene(layout, seed)).png().toBuffer()

test.each([
  ['saved at quality 40', (image: Sharp) => image.jpeg({ quality: 40 })],
  ['reduced to half', (image: Sharp) => image.resize(120, 90).png()],
  ['cropped on every side', (image: Sharp) => image.extract({ left: 9, top: 6, width: 222, height: 168 }).png()],
  [
    'cropped on one side, reduced and saved again',
    (image: Sharp) => image.extract({ left: 12, top: 0, width: 228, height: 176 }).resize(150).jpeg({ quality: 60 }),
  ],
])('a picture %s is the same', async (_, change) => {
  const original = await png(1, 1)
  const changed = await luma(await change(sharp(original)).toBuffer())
  expect(isSamePicture(await luma(original), changed)).toBe(true)
  expect(isSamePicture(changed, await luma(original))).toBe(true)
})

test('pictures of one layout differ by their detail', async () => {
  const [first, ...others] = await Promise.all([png(1, 1), png(1, 2), png(1, 3), png(2, 1)])
  for (const other of others) expect(isSamePicture(await luma(first), await luma(other))).toBe(false)
})

test('pictures of one colour are no copies: they have no detail to compare', async () => {
  const plain = await encoder(paint(50, 50, () => [120, 120, 120]))
    .png()
    .toBuffer()
  expect(isSamePicture(await luma(plain), await luma(plain))).toBe(false)
})

describe('what pictures share in some places does not make them one', () => {
  const framed = (image: Sharp) => image.extend({ top: 20, bottom: 60, left: 20, right: 20, background: 'white' }).png()
  const letterbox = (image: Sharp) => image.extend({ top: 50, bottom: 50, background: 'black' }).png()
  const turned = (image: Sharp) => image.rotate(25, { background: '#888' }).png()
  const stamp = encoder(paint(90, 40, (x, y) => (((x >> 2) + (y >> 2)) % 2 ? [255, 255, 255] : [0, 0, 0])))
  const stamped = async (image: Sharp) =>
    image.composite([{ input: await stamp.clone().png().toBuffer(), gravity: 'southeast' }]).png()

  test.each([
    ['frame', framed],
    ['letterbox', letterbox],
    ['corners of a turned picture', turned],
    ['watermark', stamped],
  ])('%s', async (_, change) => {
    // Pale pictures, so that what they share is most of the detail.
    const shown = async (layout: number, seed: number) => {
      const pale = await sharp(await png(layout, seed))
        .linear(0.25, 90)
        .png()
        .toBuffer()
      return luma(await (await change(sharp(pale))).toBuffer())
    }
    const [first, again, ...others] = await Promise.all([
      shown(1, 1),
      shown(1, 1),
      shown(1, 2),
      shown(1, 3),
      shown(2, 1),
    ])
    expect(isSamePicture(first, again)).toBe(true)
    for (const other of others) expect(isSamePicture(first, other)).toBe(false)
  })
})
