import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { checkCopyPlace, copyFiles } from '../../src/core/copy-files.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
const at = (...names: string[]) => join(folder(), ...names)

test('files are copied under other names into a new folder, or an empty one', async () => {
  const content = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251)
  writeFileSync(at('a.jpg'), content)
  writeFileSync(at('b.jpg'), 'b')
  mkdirSync(at('empty'))
  for (const name of ['new', 'empty']) {
    const out = at(name)
    await copyFiles(
      out,
      new Map([
        ['1 a.jpg', at('a.jpg')],
        ['2 b.jpg', at('b.jpg')],
      ]),
    )
    expect(readdirSync(out)).toEqual(['1 a.jpg', '2 b.jpg'])
    expect(readFileSync(join(out, '1 a.jpg')).equals(content)).toBe(true)
  }
})

test('a folder that holds something, and a file, are refused', async () => {
  const out = at('full')
  mkdirSync(out)
  writeFileSync(join(out, 'mine.jpg'), '')
  const remedy = { kind: 'choose-another', option: 'copyTo' }
  await expect(checkCopyPlace(out)).rejects.toMatchObject({ code: 'CONFLICT', remedy })
  await expect(copyFiles(out, new Map())).rejects.toMatchObject({ code: 'CONFLICT', remedy })
  await expect(checkCopyPlace(join(out, 'mine.jpg'))).rejects.toMatchObject({ code: 'CONFLICT', remedy })
  expect(readdirSync(out)).toEqual(['mine.jpg'])
})

test('a file that cannot be read leaves nothing behind', async () => {
  writeFileSync(at('a.jpg'), 'a')
  const before = readdirSync(folder())
  const files = new Map([
    ['1', at('a.jpg')],
    ['2', at('missing.jpg')],
  ])
  await expect(copyFiles(at('part'), files)).rejects.toMatchObject({ code: 'IO' })
  expect(readdirSync(folder())).toEqual(before)
})
