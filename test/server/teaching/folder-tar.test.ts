import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createWriteStream } from 'node:fs'
import { expect, test } from '@jest/globals'
import { folderTar } from '../../../src/server/teaching/folder-tar.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const folder = temporaryFolder()

test('a folder comes out of the tar as it was, with its folders', async () => {
  const contents = {
    'index.html': Buffer.from('<p>'),
    'a/b/model.bin': Buffer.alloc(300_000, 7),
    'a/empty': Buffer.alloc(0),
  }
  mkdirSync(join(folder(), 'export', 'a', 'b'), { recursive: true })
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder(), 'export', name), content)
  await pipeline(folderTar(join(folder(), 'export'), 'flowers'), createWriteStream(join(folder(), 'out.tar')))
  execFileSync('tar', ['xf', 'out.tar'], { cwd: folder() })
  for (const [name, content] of Object.entries(contents)) {
    expect(readFileSync(join(folder(), 'flowers', name)).equals(content)).toBe(true)
  }
})

test('a reader that goes away ends it', async () => {
  mkdirSync(join(folder(), 'export'))
  writeFileSync(join(folder(), 'export', 'large'), Buffer.alloc(5_000_000))
  const tar = folderTar(join(folder(), 'export'), 'flowers')
  for await (const _ of tar) break
  expect(tar.destroyed).toBe(true)
})

test('a folder that is gone is an error to the reader', async () => {
  const tar = folderTar(join(folder(), 'none'), 'flowers')
  await expect(tar.toArray()).rejects.toThrow(/ENOENT/)
})
