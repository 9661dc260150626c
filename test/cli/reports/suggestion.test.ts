import { expect, test } from '@jest/globals'
import { describeSuggestion } from '../../../src/cli/reports/suggestion.js'
import { styleOf } from '../../../src/cli/style.js'
import type { SuggestResult } from '../../../src/workflow/suggest.js'

const rose = { index: 1002, label: 'roses', increment: 'flowers' }
const found: SuggestResult = {
  files: ['photos/a.jpg', 'photos/b\u001b[2J.jpg'],
  images: [
    { file: 'photos/a.jpg', answer: rose, unsureness: 0.934 },
    { file: 'photos/b\u001b[2J.jpg', answer: { ...rose, label: 'evil\u0007' }, unsureness: 0.5 },
  ],
  counts: { given: 15, compared: 9, known: 3, unreadable: 1, duplicate: 2 },
  unreadable: [{ file: 'photos/x.jpg', reason: 'broken' }],
  passedOver: [{ kind: 'text file', count: 1, files: ['notes.txt'] }],
}

test('a suggestion is a line for each picture, then what was left out; control characters are not printed', () => {
  const text = describeSuggestion(found, undefined, styleOf(false))
  expect(text.split('\n')).toEqual([
    '  to label next       taken for  unsure',
    '  ./photos/a.jpg      roses       93.4%',
    '  ./photos/b?[2J.jpg  evil?       50.0%',
    '',
    '2 images of 9 to label next, the most useful first.',
    'Left out: 3 images that it was trained on, 2 that are copies of others, 1 image that could not be read.',
    expect.stringContaining('Passed over'),
    expect.stringContaining('notes.txt'),
  ])
})

test('copies are shown where they lie, with what to do next', () => {
  const images = found.images.map((image) => ({ ...image, copy: 'next/1 a.jpg' }))
  const text = describeSuggestion({ ...found, images }, 'next', styleOf(false))
  expect(text).toContain('./next/1 a.jpg')
  expect(text).toContain('Copied to ./next; sort them into folders by class, then add these.')
  const one = describeSuggestion({ ...found, images: images.slice(0, 1) }, 'next', styleOf(false))
  expect(one).toContain('Copied to ./next; sort it into a folder by class, then add that.')
})

test('where nothing is left to label, nothing was copied either', () => {
  const counts = { given: 3, compared: 0, known: 2, unreadable: 0, duplicate: 1 }
  const text = describeSuggestion(
    { files: [], images: [], counts, unreadable: [], passedOver: [] },
    'next',
    styleOf(false),
  )
  expect(text.split('\n')).toEqual([
    'Nothing is left to label.',
    'Left out: 2 images that it was trained on, 1 that is a copy of others.',
  ])
})
