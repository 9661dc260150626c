import { expect, test } from '@jest/globals'
import { addedImages, oldImages } from '../../src/preprocessing/trial-images.js'
import { listImages } from '../../src/folders/folder.js'
import type { Preprocess } from '../../src/image/types.js'

const size: Preprocess = { width: 8, height: 8, resize: 'shorter', cropFraction: 1, interpolation: 'bilinear' }

test('an abort ends the reading of photographs', async () => {
  const photographs = await listImages('fixtures/flowers')
  const samples = { old: photographs, added: photographs }
  const signal = AbortSignal.abort()
  await expect(oldImages(size, samples, [], signal)).rejects.toMatchObject({ code: 'ABORTED' })
  await expect(addedImages(size, samples, signal)).rejects.toMatchObject({ code: 'ABORTED' })
  expect(await addedImages(size, samples)).toHaveLength(24)
})
