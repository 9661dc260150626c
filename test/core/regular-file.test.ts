import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readError } from '../../src/core/errors.js'
import { hashFile } from '../../src/core/hash-file.js'
import { openFile, openFileSync, readText, readWhole } from '../../src/core/regular-file.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
const path = () => join(folder(), 'it')

describe('what is no regular file is refused at once', () => {
  test.each<[string, string, () => unknown]>([
    ['a pipe', 'EFTYPE', () => execFileSync('mkfifo', [path()])],
    ['a device', 'EFTYPE', () => symlinkSync('/dev/zero', path())],
    ['a folder', 'EISDIR', () => mkdirSync(path())],
  ])('%s', async (_, code, make) => {
    make()
    for (const read of [readWhole, readText, hashFile, openFile]) {
      await expect(read(path())).rejects.toMatchObject({ code })
    }
    expect(() => openFileSync(path())).toThrow(expect.objectContaining({ code }))
  })

  test('a socket', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(path(), resolve))
    await expect(readWhole(path())).rejects.toMatchObject({ code: 'EFTYPE' })
    await new Promise((resolve) => server.close(resolve))
  })

  test('in one sentence', async () => {
    symlinkSync('/dev/zero', path())
    await expect(readWhole(path()).catch((error: unknown) => Promise.reject(readError(error, path())))).rejects.toThrow(
      `Cannot read ${path()}: it is a pipe, a socket or a device; give a file.`,
    )
  })
})

test('a file is read as far as it went when it was opened', async () => {
  writeFileSync(path(), 'twelve bytes')
  const reading = readText(path())
  // It never ends: somebody adds to it as fast as it is read.
  const growing = setInterval(() => appendFileSync(path(), 'x'.repeat(1000)), 0)
  try {
    expect(await reading).toMatch(/^twelve bytes(x{1000})*$/)
    expect(await hashFile(path())).toMatch(/^[0-9a-f]{64}$/)
  } finally {
    clearInterval(growing)
  }
})

test('a file that claims to be empty is', async () => {
  expect(await readText('/proc/self/status').catch(() => '')).toBe('')
})

test('more bytes than asked for are refused', async () => {
  writeFileSync(path(), 'twelve bytes')
  expect((await readWhole(path(), 12)).toString()).toBe('twelve bytes')
  await expect(readWhole(path(), 11)).rejects.toMatchObject({ code: 'ERR_FS_FILE_TOO_LARGE' })
})
