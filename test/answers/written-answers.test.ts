import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { ListedPicture } from '../../src/answers/listed-picture.js'
import { takeUp } from '../../src/answers/take-up.js'
import { writtenAnswers, type WrittenAnswer } from '../../src/answers/written-answers.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
const path = () => join(folder(), 'answers.jsonl')
const answer = (file: string) => `${JSON.stringify({ file, predictions: [] })}\n`
const failure = (file: string) => `${JSON.stringify({ file, error: 'it is damaged' })}\n`
const whole = answer('ä.jpg') + failure('b.jpg') + answer('c\nd.jpg')
const bytes = Buffer.byteLength(whole)

async function read(content: string | Uint8Array): Promise<WrittenAnswer[]> {
  writeFileSync(path(), content)
  const answers: WrittenAnswer[] = []
  for await (const one of writtenAnswers(path(), statSync(path()).size)) answers.push(one)
  return answers
}

test('whole lines are the answers, with their places', async () => {
  const first = Buffer.byteLength(answer('ä.jpg'))
  expect(await read(whole)).toEqual([
    { file: 'ä.jpg', isError: false, endsInReturn: false, end: first },
    { file: 'b.jpg', isError: true, endsInReturn: false, end: first + failure('b.jpg').length },
    { file: 'c\nd.jpg', isError: false, endsInReturn: false, end: bytes },
  ])
  expect(await read('')).toEqual([])
})

test('a last line that is torn at any of its bytes is none', async () => {
  const next = answer('e – f.jpg')
  for (let cut = 0; cut < Buffer.byteLength(next); cut++) {
    const torn = Buffer.concat([Buffer.from(whole), Buffer.from(next).subarray(0, cut)])
    const answers = await read(torn)
    expect([answers.length, answers.at(-1)!.end]).toEqual([3, bytes])
  }
})

test.each([
  ['zeros', '\0'.repeat(3000)],
  ['zeros and lines behind them', `${'\0'.repeat(300)}\n${answer('later.jpg')}`],
  ['half a line joined to the next', answer('x.jpg').slice(0, 20) + answer('y.jpg')],
  ['JSON that is no answer', '{"file":"x.jpg"}\n'],
  ['null', 'null\n'],
])('what a power failure leaves at the end, %s, is none', async (_, rest) => {
  expect((await read(whole + rest)).at(-1)!.end).toBe(bytes)
})

test('a line that is no answer far from the end is damage, and is named', async () => {
  const many = answer(`${'x'.repeat(1000)}.jpg`).repeat(5000)
  await expect(read(`${whole}damaged\n${many}`)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringMatching(/^Line 4 of .* is no answer to a picture; cut the file off before it/),
  })
})

test('lines that an editor ended with a carriage return are answers, and known as such', async () => {
  const answers = await read(whole.replaceAll('\n', '\r\n'))
  expect(answers.map(({ file, endsInReturn }) => [file, endsInReturn])).toEqual([
    ['ä.jpg', true],
    ['b.jpg', true],
    ['c\nd.jpg', true],
  ])
})

test('a byte order mark is named, as no answer is to be made again for it', async () => {
  await expect(read(`\ufeff${whole}`)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining('begins with a byte order mark'),
  })
})

async function* pictures(...files: string[]): AsyncGenerator<ListedPicture> {
  for (const file of files) yield { file, key: file }
}

async function takenUp(content: string, ...files: string[]) {
  writeFileSync(path(), content)
  const list = pictures(...files)
  const taken = await takeUp('a.jsonl', writtenAnswers(path(), statSync(path()).size), list)
  const rest: string[] = []
  for await (const { file } of list) rest.push(file)
  return { ...taken, rest }
}

test('a list goes on behind the last answered picture', async () => {
  const list = ['ä.jpg', 'b.jpg', 'c\nd.jpg', 'e.jpg', 'f.jpg']
  expect(await takenUp(`${whole}{"file":"e.j`, ...list)).toEqual({
    answered: 3,
    unreadable: 1,
    withReturn: 0,
    end: bytes,
    rest: ['e.jpg', 'f.jpg'],
  })
  expect(await takenUp('', 'a.jpg')).toEqual({ answered: 0, unreadable: 0, withReturn: 0, end: 0, rest: ['a.jpg'] })
})

test('answers to another list are refused, at the picture that differs', async () => {
  await expect(takenUp(whole, 'ä.jpg', 'new.jpg', 'b.jpg')).rejects.toMatchObject({
    code: 'CONFLICT',
    message:
      'Line 2 of a.jsonl answers "b.jpg", and picture 2 of this list is "new.jpg"; give the list that it was begun with, or another file.',
  })
  await expect(takenUp(whole, 'ä.jpg', 'b.jpg')).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringMatching(/^a\.jsonl answers more than the 2 pictures of this list/),
  })
})
