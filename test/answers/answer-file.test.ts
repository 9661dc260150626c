import { readFileSync, writeFileSync } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { AnswerFile } from '../../src/answers/answer-file.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
const path = () => join(folder(), 'answers.jsonl')
const line = (i: number) => JSON.stringify({ file: `${i}.jpg`, error: 'x'.repeat(i % 300) })

test('lines are whole and in order behind what was there, over many steps', async () => {
  writeFileSync(path(), 'first\n')
  {
    await using file = await AnswerFile.open(path())
    expect(file.length).toBe(6)
    // Some 5 MB: several steps by size alone.
    for (let i = 0; i < 30_000; i++) await file.append(line(i))
    expect(file.length).toBeGreaterThan(2 ** 21)
  }
  const lines = Array.from({ length: 30_000 }, (_, i) => line(i))
  expect(readFileSync(path(), 'utf8')).toBe(['first', ...lines, ''].join('\n'))
})

test('all that a step has written ends with a whole line at any time', async () => {
  await using file = await AnswerFile.open(path())
  for (let i = 0; i < 20_000; i++) {
    await file.append(line(i))
    if (i % 1000 !== 999) continue
    const bytes = readFileSync(path()).subarray(0, file.length)
    expect(bytes.length === 0 || bytes.at(-1) === 0x0a).toBe(true)
  }
})

test('a cut is for good, and lines go on behind it', async () => {
  writeFileSync(path(), 'one\ntwo\nthr')
  {
    await using file = await AnswerFile.open(path())
    await file.cut(8)
    await file.append('three')
  }
  expect(readFileSync(path(), 'utf8')).toBe('one\ntwo\nthree\n')
})

test('while one writes, another is refused', async () => {
  const first = await AnswerFile.open(path())
  await expect(AnswerFile.open(path())).rejects.toMatchObject({
    code: 'CONFLICT',
    message: `Another process is writing to ${path()}; wait until it has ended, or end it.`,
  })
  await first[Symbol.asyncDispose]()
  const second = await AnswerFile.open(path())
  await second[Symbol.asyncDispose]()
})

/** A device that is always full, where there is one. */
async function fullDevice(): Promise<string | undefined> {
  const full = await open('/dev/full', 'r+').catch(() => undefined)
  await full?.close()
  return full === undefined ? undefined : '/dev/full'
}

const isFull = { code: 'IO', message: expect.stringContaining('the disk is full') }

test('a disk that takes no more leaves whole lines, and says so', async () => {
  const full = await fullDevice()
  if (full === undefined) return
  const file = await AnswerFile.open(full)
  await file.append('line')
  await expect(file[Symbol.asyncDispose]()).rejects.toMatchObject(isFull)
})

test('a step that failed by itself is told of at the end, where no line came after it', async () => {
  const full = await fullDevice()
  if (full === undefined) return
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] })
  try {
    const file = await AnswerFile.open(full)
    await file.append('line')
    jest.advanceTimersByTime(1000)
    // As many calls of the file system come behind those of the step.
    for (let call = 0; call < 100; call++) await stat(full)
    await expect(file[Symbol.asyncDispose]()).rejects.toMatchObject(isFull)
  } finally {
    jest.useRealTimers()
  }
})

test('a failure is told of once', async () => {
  const full = await fullDevice()
  if (full === undefined) return
  const file = await AnswerFile.open(full)
  await expect(file.append('x'.repeat(2 ** 20))).rejects.toMatchObject(isFull)
  await expect(file[Symbol.asyncDispose]()).resolves.toBeUndefined()
})
