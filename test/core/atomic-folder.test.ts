import { expect, test } from '@jest/globals'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFolderAtomic } from '../../src/core/atomic-folder.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()

test('writes files in folders, and makes the folder that it lies in', async () => {
  const out = join(folder(), 'deep', 'out')
  await writeFolderAtomic(
    out,
    new Map<string, string | Uint8Array>([
      ['a.txt', 'one'],
      ['b/c.bin', Uint8Array.of(1)],
    ]),
  )
  expect(readFileSync(join(out, 'a.txt'), 'utf8')).toBe('one')
  expect([...readFileSync(join(out, 'b', 'c.bin'))]).toEqual([1])
  expect(readdirSync(join(folder(), 'deep'))).toEqual(['out'])
})

test('takes the place of a folder that is there, of which nothing stays', async () => {
  const out = join(folder(), 'out')
  await writeFolderAtomic(out, new Map([['old', '1']]))
  await writeFolderAtomic(out, new Map([['new', '2']]))
  expect(readdirSync(out)).toEqual(['new'])
  expect(readdirSync(folder())).toEqual(['out'])
})

test('a failure leaves what was there, and nothing else', async () => {
  const out = join(folder(), 'out')
  mkdirSync(out)
  writeFileSync(join(out, 'old'), '1')
  // A file cannot be a folder as well.
  const files = new Map([
    ['a', '1'],
    ['a/b', '2'],
  ])
  await expect(writeFolderAtomic(out, files)).rejects.toMatchObject({ code: 'IO' })
  expect(readdirSync(out)).toEqual(['old'])
  expect(readdirSync(folder())).toEqual(['out'])
})
