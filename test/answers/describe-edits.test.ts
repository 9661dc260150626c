import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { describeEdits } from '../../src/answers/describe-edits.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()

test.each([
  [1, 'it was cut off, and is answered again.'],
  [3, 'it and 2 behind it were cut off, and are answered again.'],
])('of %i lines that are no answers, it says what becomes of them', async (lines, end) => {
  const file = join(folder(), 'answers.jsonl')
  const text = 'hello\n'.repeat(lines)
  writeFileSync(file, text)
  const messages: string[] = []
  await describeEdits(file, { answered: 4, withReturn: 1, end: 0 }, text.length, (event) => {
    if (event.type === 'warning') messages.push(event.message)
  })
  expect(messages).toEqual([
    `An editor has put a carriage return at the end of 1 line of ${file}; it is left there.`,
    `Line 5 of ${file} is no answer to a picture, as after a power failure or an edit: ${end}`,
  ])
})
