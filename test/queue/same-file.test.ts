import { execFileSync } from 'node:child_process'
import { mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test } from '@jest/globals'
import { hashOf } from '../../src/core/hash-of.js'
import { checkSameFile, readSameFile } from '../../src/queue/same-file.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
const content = Buffer.from('a picture')
let path: string

beforeEach(async () => {
  path = join(folder(), 'a.jpg')
  await writeFile(path, content)
})

test('the file that was sent is read', async () => {
  await checkSameFile(path, hashOf(content), 'here')
  expect((await readSameFile(path, hashOf(content), 'here')).toString()).toBe('a picture')
})

test.each<[string, RegExp, () => Promise<unknown>]>([
  ['another file', /^"\S+a\.jpg" on here is not the file that was sent/, () => writeFile(path, 'another')],
  ['none', /^Cannot read "\S+a\.jpg" on here \(.*ENOENT.*\); workers need/, () => rm(path)],
  ['a pipe', /on here \(\S+ is a pipe\)/, () => rm(path).then(() => execFileSync('mkfifo', [path]))],
  ['a device', /on here \(\S+ is a device\)/, () => rm(path).then(() => symlink('/dev/zero', path))],
  ['a folder', /on here \(\S+ is a folder\)/, () => rm(path).then(() => mkdir(path))],
  // No bytes of it are on the disk.
  ['a terabyte', /on here \(\S+ has 1099511627776 bytes, more than \d+\)/, () => truncate(path, 2 ** 40)],
])('%s is refused at once', async (_, message, change) => {
  await change()
  for (const read of [checkSameFile, readSameFile]) {
    await expect(read(path, hashOf(content), 'here')).rejects.toMatchObject({
      code: 'QUEUE',
      message: expect.stringMatching(message),
    })
  }
})
