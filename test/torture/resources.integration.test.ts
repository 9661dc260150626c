import { mkdtempSync, openSync, closeSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { growthOf } from '../../torture/resources/growth.js'
import { liveWith } from '../../torture/resources/section.js'
import { differences, settled } from '../../torture/shared/held.js'

test('calls leave nothing open and nothing behind, and the process ends by itself', async () => {
  const { signal } = new AbortController()
  const names = ['extend', 'classify, and stop listening', 'evaluate with a report', 'export a folder', 'read', 'serve']
  const only = new RegExp(`^(${names.join('|')})$`)
  const { tried, faults } = await liveWith({ count: 2, only, signal, say: () => undefined })
  expect(faults).toEqual([])
  expect(tried).toBe(2 * names.length)
})

test('what is left open or lying about is seen', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  const before = await settled(folder)
  const file = join(folder, 'left.tmp')
  writeFileSync(file, '')
  const descriptor = openSync(file, 'r')
  const timer = setTimeout(() => undefined, 60_000)
  const left = differences(before, await settled(folder))
  clearTimeout(timer)
  closeSync(descriptor)
  rmSync(folder, { recursive: true })
  expect(left).toEqual(
    expect.arrayContaining([
      `1 of descriptor ${file} where there were 0`,
      expect.stringMatching(/^\d+ of handle Timeout where there were \d+$/),
      'temporary file left.tmp',
    ]),
  )
})

test('growth is that of the last half, by call', () => {
  const samples = [100, 900, 1000, 1000, 1020, 1040, 1060, 1080]
  expect(growthOf(samples, 10)).toBeCloseTo(2, 10)
})
