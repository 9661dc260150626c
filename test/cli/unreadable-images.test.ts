import { expect, test } from '@jest/globals'
import { unreadableImages, unreadableInFile } from '../../src/cli/unreadable-images.js'

test('what can be done about unreadable images depends on where their answers are', () => {
  expect(unreadableImages(1, 17).message).toBe('1 of 17 images could not be read; mend or remove it.')
  expect(unreadableInFile(1, 17, 'r.jsonl').message).toBe(
    '1 of 17 images could not be read; its line in r.jsonl says why, and --resume keeps it: once mended, predict it into another --out.',
  )
  expect(unreadableInFile(2, 17, 'r.jsonl').message).toBe(
    '2 of 17 images could not be read; their lines in r.jsonl say why, and --resume keeps them: once mended, predict them into another --out.',
  )
})
