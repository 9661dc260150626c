import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import {
  eachBlock,
  fileRows,
  joinedRows,
  lastColumns,
  memoryRows,
  memoryWriter,
  pickedRows,
  readRows,
} from '../../src/features/feature-rows.js'
import { openScratch } from '../../src/features/scratch-rows.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
const dim = 3
const count = 7
const numbers = Uint16Array.from({ length: count * dim }, (_, i) => 1000 + i)
const memory = memoryRows(numbers, dim)
const row = (i: number) => [...numbers.subarray(i * dim, (i + 1) * dim)]

function inFile() {
  const path = join(folder(), 'rows')
  writeFileSync(path, Buffer.concat([Buffer.alloc(5), Buffer.from(numbers.buffer)]))
  return fileRows(path, 5, count, dim)
}

describe('rows', () => {
  test.each([
    ['in memory', () => memory],
    ['gathered in memory', () => written(memoryWriter(count, dim))],
    ['in a file', inFile],
    [
      'joined',
      () =>
        joinedRows(
          [0, 3, 3, 6].map((from, i, all) =>
            memoryRows(numbers.subarray(from * dim, (all[i + 1] ?? count) * dim), dim),
          ),
        ),
    ],
    ['picked twice', () => pickedRows(pickedRows(memory, [6, 5, 4, 3, 2, 1, 0]), [6, 5, 4, 3, 2, 1, 0])],
  ])('%s are read from any one to any other', (_, make) => {
    const rows = make()
    expect([rows.count, rows.dim]).toEqual([count, dim])
    for (const [start, end] of [
      [0, count],
      [2, 5],
      [6, 7],
      [3, 3],
    ] as const) {
      expect([...readRows(rows, start, end)]).toEqual([...numbers.subarray(start * dim, end * dim)])
    }
  })

  test('picked come in the order asked for, again and again if asked', () => {
    expect([...readRows(pickedRows(inFile(), [4, 5, 6, 0, 0, 2]), 1, 6)]).toEqual([5, 6, 0, 0, 2].flatMap(row))
  })

  test('keep their last columns alone', () => {
    expect([...readRows(lastColumns(memory, 1), 2, 4)]).toEqual([0, 0, row(2)[2], 0, 0, row(3)[2]])
  })

  test('come in blocks that cover them all', () => {
    const wide = memoryRows(
      Uint16Array.from({ length: 3 * 2 ** 20 }, (_, i) => i % 97),
      2 ** 20,
    )
    const starts: number[] = []
    let sum = 0
    eachBlock(wide, (block, start) => {
      starts.push(start)
      for (const value of block) sum += value
    })
    expect(starts).toEqual([0, 2])
    expect(sum).toBe(readRows(wide, 0, 3).reduce((a, b) => a + b, 0))
  })

  test('of a file that has been cut off name it', () => {
    const rows = inFile()
    writeFileSync(join(folder(), 'rows'), Buffer.alloc(10))
    expect(() => readRows(rows, 0, 2)).toThrow(
      expect.objectContaining({ code: 'IO', message: expect.stringContaining(join(folder(), 'rows')) }),
    )
  })
})

test('a scratch file keeps several tables beyond one buffer, and nothing lies in its folder', async () => {
  const { readdirSync } = await import('node:fs')
  const scratch = openScratch(folder())
  const large = 2 ** 20
  const tables = [1, 2].map((factor) => {
    const writer = scratch.writer(large)
    const one = new Uint16Array(large)
    for (let i = 0; i < 5; i++) writer.add(one.fill(factor * (i + 1)))
    return writer.done()
  })
  expect(readdirSync(folder())).toEqual([])
  tables.forEach((rows, t) => {
    expect(rows.count).toBe(5)
    const last = readRows(rows, 3, 5)
    expect([last[0], last[large - 1], last[large], last.at(-1)]).toEqual([4, 4, 5, 5].map((value) => value * (t + 1)))
  })
  scratch.close()
})

test('tables of one scratch may be written in turns, row by row', () => {
  const scratch = openScratch(folder())
  const writers = [scratch.writer(3), scratch.writer(2 ** 20)]
  for (let row = 1; row <= 5; row++)
    writers.forEach((writer, i) => writer.add(new Uint16Array(i ? 2 ** 20 : 3).fill(row)))
  for (const rows of writers.map((writer) => writer.done())) {
    for (let row = 1; row <= 5; row++) expect(new Set(readRows(rows, row - 1, row))).toEqual(new Set([row]))
  }
  scratch.close()
})

function written(writer: ReturnType<typeof memoryWriter>) {
  for (let i = 0; i < count; i++) writer.add(numbers.subarray(i * dim, (i + 1) * dim))
  return writer.done()
}
