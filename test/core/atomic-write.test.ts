import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { writeFileAtomic } from '../../src/core/atomic-write.js'
import { temporaryName } from '../../src/core/temporary.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()

describe('writeFileAtomic, in pieces', () => {
  test('writes the pieces one after another, and makes the folder', async () => {
    const path = join(folder(), 'a', 'file')
    await writeFileAtomic(path, pieces(['grü', 'ß']))
    expect(await readFile(path, 'utf8')).toBe('grüß')
    expect(await readdir(dirname(path))).toEqual(['file'])
  })

  test('leaves what was there when a piece fails', async () => {
    const path = join(folder(), 'file')
    await writeFileAtomic(path, 'before')
    await expect(writeFileAtomic(path, pieces(['after', new Error('no more')]))).rejects.toThrow('no more')
    expect(await readFile(path, 'utf8')).toBe('before')
    expect(await readdir(dirname(path))).toEqual(['file'])
  })

  async function* pieces(given: readonly (string | Error)[]): AsyncGenerator<string> {
    for (const piece of given) {
      await Promise.resolve()
      if (piece instanceof Error) throw piece
      yield piece
    }
  }
})

describe('writeFileAtomic', () => {
  test('writes texts and bytes, and makes the folder', async () => {
    const path = join(folder(), 'a', 'b', 'file')
    await writeFileAtomic(path, 'grüß')
    expect(await readFile(path, 'utf8')).toBe('grüß')
    await writeFileAtomic(path, Uint8Array.of(0, 255))
    expect([...(await readFile(path))]).toEqual([0, 255])
    expect(await readdir(dirname(path))).toEqual(['file'])
  })

  test('a reader meanwhile finds one content or another, whole', async () => {
    const path = join(folder(), 'file')
    const contents = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(1e6))
    await writeFileAtomic(path, contents[0]!)
    const seen = new Set<string>()
    let writing = true
    const reading = (async () => {
      while (writing) seen.add(await readFile(path, 'utf8'))
    })()
    for (const content of contents) await writeFileAtomic(path, content)
    writing = false
    await reading
    expect([...seen].filter((content) => !contents.includes(content))).toEqual([])
    expect(seen.size).toBeGreaterThan(0)
  })

  test('leaves nothing behind when the file cannot take its place, and says why', async () => {
    const path = join(folder(), 'file')
    await mkdir(path)
    await expect(writeFileAtomic(path, 'x')).rejects.toMatchObject({
      code: 'IO',
      message: `Cannot write ${path}: a folder of that name is in the way; remove it, or choose another name.`,
    })
    expect(await readdir(folder())).toEqual(['file'])

    const blocked = join(folder(), 'blocked')
    await writeFile(blocked, 'a file')
    await expect(writeFileAtomic(join(blocked, 'file'), 'x')).rejects.toMatchObject({
      code: 'IO',
      message: `Cannot write ${join(blocked, 'file')}: something else of that name is in the way; remove it, or choose another name.`,
    })
  })

  test('keeps the old content, and nothing else, when writing fails half way', async () => {
    const path = join(folder(), 'file')
    await writeFile(path, 'old')
    const unwritable = {} as unknown as Uint8Array
    await expect(writeFileAtomic(path, unwritable)).rejects.toThrow()
    expect(await readFile(path, 'utf8')).toBe('old')
    expect(await readdir(folder())).toEqual(['file'])
  })
})

test('what a killed writer left in the folder goes an hour later', async () => {
  const left = temporaryName(join(folder(), 'another'))
  await writeFile(left, 'part')
  await writeFileAtomic(join(folder(), 'file'), 'a')
  expect(await readdir(folder())).toHaveLength(2)
  const longAgo = new Date(Date.now() - 7_200_000)
  await utimes(left, longAgo, longAgo)
  await writeFileAtomic(join(folder(), 'file'), 'b')
  expect(await readdir(folder())).toEqual(['file'])
})
