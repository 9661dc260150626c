import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { makeFolder } from '../../src/core/make-folder.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()

describe('makeFolder', () => {
  test('makes all that is missing of a path, and is content with what is there', () => {
    const path = join(folder(), 'a', 'b', 'c')
    makeFolder(path)
    makeFolder(path)
    expect(statSync(path).isDirectory()).toBe(true)
  })

  test('does not take a file for a folder', () => {
    writeFileSync(join(folder(), 'file'), '')
    expect(() => makeFolder(join(folder(), 'file'))).toThrow(expect.objectContaining({ code: 'EEXIST' }))
    expect(() => makeFolder(join(folder(), 'file', 'below'))).toThrow(expect.objectContaining({ code: 'ENOTDIR' }))
  })

  const inProc = existsSync('/proc/self') ? test : test.skip
  inProc('ends where the system says that the folder above is missing, although it is not', () => {
    expect(() => makeFolder('/proc/nope/below')).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  })
})
