import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { loadImage } from '../../src/image/decode.js'
import { listClasses, listImages } from '../../src/folders/folder.js'
import { render } from '../../src/image/render.js'
import { plainView, type Preprocess } from '../../src/image/types.js'
import { meanDifference } from './pictures.js'

// Jest runs in the root of the repository.
const data = '../shared/data'
const present = existsSync(data)
const testWithData = present ? test : test.skip
const suffix = present ? '' : ` (skipped: no ${data})`

const preprocess: Preprocess = {
  width: 299,
  height: 299,
  resize: 'shorter',
  cropFraction: 0.875,
  interpolation: 'bilinear',
}

describe('real photographs', () => {
  testWithData(`can be read, of all folders and cameras${suffix}`, async () => {
    // Every third, in the order of their names: from each folder, in a third of the time.
    const files = (await listImages(data)).sort().filter((_, i) => i % 3 === 0)
    expect(files.length).toBeGreaterThanOrEqual(1300)
    const failures: unknown[] = []
    const queue = files.values()
    const work = async () => {
      for (const file of queue) await loadImage(file, preprocess).catch((error: unknown) => failures.push(error))
    }
    await Promise.all([work(), work(), work()])
    expect(failures).toEqual([])
  })

  testWithData.each([
    [3264, 2448],
    [4032, 3024],
    [4000, 6000],
  ])(
    `made larger to %i x %i differ by less than half a level from a decoding in full${suffix}`,
    async (width, height) => {
      for (const file of (await listImages(`${data}/imagenet-test`)).slice(0, 4)) {
        const larger = sharp(await readFile(file)).resize(width, height, { fit: 'cover' })
        const bytes = await larger.jpeg({ quality: 90 }).toBuffer()
        const pixels = await sharp(bytes).raw().toBuffer()
        const bicubic: Preprocess = { ...preprocess, cropFraction: 1, interpolation: 'bicubic' }
        const [full] = await render({ data: pixels, width, height }, bicubic, [plainView])
        expect(meanDifference(await loadImage(bytes, bicubic), full!)).toBeLessThan(0.5)
      }
    },
  )

  testWithData(`the flowers are five classes${suffix}`, async () => {
    const classes = await listClasses(`${data}/flowers/train`)
    expect(classes.map(({ label }) => label)).toEqual(['daisy', 'dandelion', 'roses', 'sunflowers', 'tulips'])
  })
})
