import { expect, test } from '@jest/globals'
import { describeContradictions, withoutContradictions } from '../../src/folders/contradictions.js'
import { describeFewImages } from '../../src/classes/few-images.js'

test('a picture in several classes is left out of all', () => {
  const images = [
    { file: 'a/1', hash: 'x', label: 0 },
    { file: 'a/2', hash: 'y', label: 0 },
    { file: 'b/1', hash: 'x', label: 1 },
    { file: 'c/1', hash: 'x', label: 2 },
    { file: 'c/2', hash: 'z', label: 2 },
  ]
  const { kept, contradictions } = withoutContradictions(images)
  expect(kept.map(({ file }) => file)).toEqual(['a/2', 'c/2'])
  expect(contradictions).toEqual([['a/1', 'b/1', 'c/1']])
})

test('many are named in part', () => {
  const many = Array.from({ length: 5 }, (_, i) => [`a/${i}`, `b/${i}`])
  expect(describeContradictions(many)).toBe(
    '5 pictures lie in several classes and are left out, since the right class is unknown: "a/0" and "b/0"; "a/1" and "b/1"; "a/2" and "b/2", and 2 more; keep each in the right one alone.',
  )
})

test('classes of fewer than five pictures are named, the smallest first', () => {
  const classes = [3, 5, 1, 20, 4].map((images, i) => ({ label: `c${i}`, images }))
  expect(describeFewImages(classes)).toMatch(
    /^Few pictures: "c2" 1, "c0" 3, "c4" 4; where there is but one, .* Expect many mistakes: /,
  )
  expect(describeFewImages(classes.slice(0, 2))).toMatch(/^Few pictures: "c0" 3\. Expect /)
  expect(describeFewImages([{ label: 'a', images: 5 }])).toBeUndefined()
})
