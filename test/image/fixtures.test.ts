import { stat } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { loadImage } from '../../src/image/decode.js'
import { listClasses, listImages } from '../../src/folders/folder.js'
import { hashFile } from '../../src/core/hash-file.js'

// Jest runs in the root of the repository.
describe('the drawings in fixtures/', () => {
  test.each([
    ['flowers', 12],
    ['flowers-test', 3],
  ])('%s: five classes of %i pictures', async (folder, count) => {
    const classes = await listClasses(`fixtures/${folder}`)
    expect(classes.map(({ label }) => label)).toEqual(['bluebell', 'orchid', 'poppy', 'snowdrop', 'water-lily'])
    for (const { files } of classes) expect(files.length).toBe(count)
  })

  test('each can be read, and no two are the same, so none is both learnt from and tested on', async () => {
    const files = await listImages('fixtures')
    const preprocess = { width: 32, height: 32, resize: 'shorter', cropFraction: 1, interpolation: 'bilinear' } as const
    const seen = new Set<string>()
    for (const file of files) {
      expect((await loadImage(file, preprocess)).length).toBe(32 * 32 * 3)
      seen.add(await hashFile(file))
    }
    expect(seen.size).toBe(files.length)
  })

  test('they stay small enough for a repository', async () => {
    let bytes = 0
    for (const file of await listImages('fixtures')) bytes += (await stat(file)).size
    expect(bytes).toBeLessThan(600_000)
  })
})
