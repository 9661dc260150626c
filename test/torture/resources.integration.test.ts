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

test.each([
  ['what grows to the end', [1020, 1030, 1040, 1050, 1060, 1080, 1100, 1120], 1],
  ['what is taken once, in either half', [1000, 1000, 1000, 1000, 1000, 9000, 9000, 9000], 0],
  ['what was taken long before', [1000, 9000, 9000, 9000], 0],
])('growth is that of both halves of the last half, by call: %s', (_, lastHalf, expected) => {
  const firstHalf = lastHalf.map((_, i) => 100 * i)
  expect(growthOf([...firstHalf, ...lastHalf], 10)).toBeCloseTo(expected, 10)
})
