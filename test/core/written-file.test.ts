import { execFileSync } from 'node:child_process'
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { writeFolderAtomic } from '../../src/core/atomic-folder.js'
import { writeFileAtomic } from '../../src/core/atomic-write.js'
import { checkReportFile } from '../../src/core/report-options.js'
import { checkRecordFile } from '../../src/evaluation/record-file.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
const at = (...names: string[]) => join(folder(), ...names)
const isLink = (path: string) => lstatSync(path).isSymbolicLink()

describe('a link', () => {
  test('stays, and the file that it leads to is replaced', async () => {
    mkdirSync(at('elsewhere'))
    writeFileSync(at('elsewhere', 'target'), 'old')
    symlinkSync(join('elsewhere', 'target'), at('link'))
    symlinkSync('link', at('link to it'))
    await writeFileAtomic(at('link to it'), 'new')
    expect(readFileSync(at('elsewhere', 'target'), 'utf8')).toBe('new')
    expect([isLink(at('link')), isLink(at('link to it')), isLink(at('elsewhere', 'target'))]).toEqual([
      true,
      true,
      false,
    ])
    expect(readdirSync(folder(), { recursive: true }).sort()).toEqual(
      ['elsewhere', join('elsewhere', 'target'), 'link', 'link to it'].sort(),
    )
  })

  test('to a file that is not there makes it', async () => {
    symlinkSync('target', at('link'))
    await writeFileAtomic(at('link'), 'new')
    expect(readFileSync(at('target'), 'utf8')).toBe('new')
    expect(isLink(at('link'))).toBe(true)
  })

  test('to a folder stays, and the folder is replaced', async () => {
    mkdirSync(at('target'))
    writeFileSync(at('target', 'old'), '')
    symlinkSync('target', at('link'))
    await writeFolderAtomic(at('link'), new Map([['new', 'x']]))
    expect(readdirSync(at('target'))).toEqual(['new'])
    expect(isLink(at('link'))).toBe(true)
    expect(readdirSync(folder()).sort()).toEqual(['link', 'target'])
  })

  test('that leads round in a circle is refused', async () => {
    symlinkSync('b', at('a'))
    symlinkSync('a', at('b'))
    await expect(writeFileAtomic(at('a'), 'x')).rejects.toMatchObject({ code: 'IO' })
    expect(readdirSync(folder()).sort()).toEqual(['a', 'b'])
  })
})

// Windows has no pipes in folders.
const onPosix = process.platform === 'win32' ? test.skip : test

onPosix('a pipe is refused early and late, also through a link, and stays', async () => {
  execFileSync('mkfifo', [at('pipe.csv')])
  symlinkSync('pipe.csv', at('link.csv'))
  for (const path of [at('pipe.csv'), at('link.csv')]) {
    const refused = { code: 'BAD_INPUT', message: expect.stringContaining('is a device, a pipe or a socket') }
    await expect(checkReportFile(path)).rejects.toMatchObject(refused)
    await expect(checkRecordFile(path)).rejects.toMatchObject(refused)
    await expect(writeFileAtomic(path, 'x')).rejects.toMatchObject(refused)
    await expect(writeFolderAtomic(path, new Map())).rejects.toMatchObject(refused)
  }
  expect(lstatSync(at('pipe.csv')).isFIFO()).toBe(true)
  expect(isLink(at('link.csv'))).toBe(true)
  expect(readdirSync(folder()).sort()).toEqual(['link.csv', 'pipe.csv'])
})

test('a folder in place of records is refused early', async () => {
  mkdirSync(at('a.csv'))
  await expect(checkRecordFile(at('a.csv'))).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: `${at('a.csv')} is a folder, and the records a file; give the name of a file in it.`,
  })
  await checkRecordFile(at('b.csv'))
})

test('a report replaces a page or an empty file, and no picture', async () => {
  writeFileSync(at('page.html'), '<!DOCTYPE html>\n<title>Report</title>')
  writeFileSync(at('empty.html'), '')
  writeFileSync(at('1.jpg'), Uint8Array.of(0xff, 0xd8, 0xff))
  await checkReportFile(at('page.html'))
  await checkReportFile(at('empty.html'))
  await expect(checkReportFile(at('1.jpg'))).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: `${at('1.jpg')} is there already and holds something else than the report would; choose another name.`,
  })
})
