import { expect, test } from '@jest/globals'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeFolder } from '../../src/core/make-folder.js'

test('makes a folder with its parents; one that is there is no failure, a file in the way is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  try {
    const deep = join(folder, 'a', 'b', 'c')
    makeFolder(deep)
    makeFolder(deep)
    expect(statSync(deep).isDirectory()).toBe(true)
    writeFileSync(join(folder, 'file'), '')
    expect(() => makeFolder(join(folder, 'file'))).toThrow('EEXIST')
    expect(() => makeFolder(join(folder, 'file', 'a', 'b'))).toThrow('ENOTDIR')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

const noProc = existsSync('/proc/self') ? test : test.skip
noProc('ends where a file system has no place for folders, as Node alone does not', () => {
  expect(() => makeFolder('/proc/nplusk/models')).toThrow('ENOENT')
})
