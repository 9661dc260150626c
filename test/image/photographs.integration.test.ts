import { existsSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { loadImage } from '../../src/image/decode.js'
import { listClasses, listImages } from '../../src/image/folder.js'
import type { Preprocess } from '../../src/image/types.js'

// Jest runs in the repository's root.
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
  testWithData(`every one can be read${suffix}`, async () => {
    const files = await listImages(data)
    expect(files.length).toBeGreaterThanOrEqual(4000)
    const failures: unknown[] = []
    const queue = files.values()
    const work = async () => {
      for (const file of queue) await loadImage(file, preprocess).catch((error: unknown) => failures.push(error))
    }
    await Promise.all([work(), work(), work()])
    expect(failures).toEqual([])
  })

  testWithData(`the flowers are five classes${suffix}`, async () => {
    const classes = await listClasses(`${data}/flowers/train`)
    expect(classes.map(({ label }) => label)).toEqual(['daisy', 'dandelion', 'roses', 'sunflowers', 'tulips'])
  })
})
