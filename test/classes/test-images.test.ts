import { expect, test } from '@jest/globals'
import { findTestImages } from '../../src/classes/test-images.js'

const classifier = {
  baseClasses: [{ label: 'cat', names: ['cat'] }],
  added: [{ label: 'tulip', folder: 'tulip', column: 1, increment: 'flowers' }],
  labels: [{ label: 'cat' }, { label: 'tulip' }],
} as unknown as Parameters<typeof findTestImages>[1]

const folders = (...labels: readonly string[]) => labels.map((label) => ({ label, files: [`${label}.jpg`] }))

test('folders that name no class are refused, or left out where that is asked for', () => {
  const both = folders('tulip', 'rose')
  expect(() => findTestImages(both, classifier, { folder: 'val' })).toThrow('"rose" names no class of this model')
  expect(findTestImages(both, classifier, { folder: 'val', skipUnknown: true })).toEqual({
    images: [{ file: 'tulip.jpg', column: 1 }],
    skipped: [{ folder: 'rose', images: 1 }],
  })
})

test('of loose pictures it is said that class folders are missing', () => {
  const loose = folders('pictures')
  expect(() => findTestImages(loose, classifier, { folder: 'my/pictures/' })).toThrow(
    /The pictures in "my\/pictures\/" lie in no class folders, .* put them into a folder for each class/,
  )
  expect(findTestImages(folders('tulip'), classifier, { folder: 'tulip' }).images).toHaveLength(1)
})
