import { describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { decodedSize } from '../../src/image/decoded-size.js'
import type { Rectangle } from '../../src/image/region.js'
import type { Preprocess } from '../../src/image/types.js'
import { createRandom } from '../../src/math/random.js'
import { cases, different, interpolations, noisyPicture, seenInTraining, sizes, usual } from './any-size.js'

interface Page {
  drawnSize(width: number, height: number, preprocess: Preprocess): { width: number; height: number }
  centralRegion(width: number, height: number, preprocess: Preprocess): Rectangle
  modelInput(rgba: Uint8Array, region: Rectangle, preprocess: Preprocess): Uint8Array
}
// The page's own module, as it ships: compiled tests run from dist/test/export.
const page = (await import(new URL('../../../assets/page/exported/preprocess.js', import.meta.url).href)) as Page

const random = createRandom('preprocess-page')

describe.each(interpolations)('%s', (interpolation) => {
  test.each(cases)('a picture on the page is pixel by pixel what training sees: %s', async (_, count, fields) => {
    const preprocess = { ...usual, ...fields, interpolation }
    for (const [width, height] of sizes(random, preprocess, count)) {
      const rgb = noisyPicture(random, width, height)
      const region = page.centralRegion(width, height, preprocess)
      const rgba = await sharp(rgb, { raw: { width, height, channels: 3 } })
        .extract(region)
        .ensureAlpha()
        .raw()
        .toBuffer()
      const expected = await seenInTraining(rgb, width, height, preprocess)
      const onPage = page.modelInput(rgba, region, preprocess)
      expect([width, height, different(onPage, expected)]).toEqual([width, height, 0])
    }
  })
})

test('the page draws pictures as large as training decodes them', () => {
  for (let i = 0; i < 1000; i++) {
    const fields = {
      cropFraction: 0.5 + random.next() / 2,
      resize: random.next() < 0.5 ? 'shorter' : 'squash',
    } as const
    const preprocess = { ...usual, ...fields }
    const side = () => 1 + random.integer(40 * usual.width)
    const [width, height] = [side(), side()]
    expect({ width, height, drawn: page.drawnSize(width, height, preprocess) }).toEqual({
      width,
      height,
      drawn: decodedSize(width, height, preprocess),
    })
  }
})
