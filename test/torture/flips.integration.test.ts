import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { flipBits } from '../../torture/flips/section.js'
import { targets } from '../../torture/flips/targets.js'
import type { Task } from '../../torture/section.js'

const task: Task = { count: 150, seed: 18, signal: new AbortController().signal, say: () => undefined }

test('bits that are flipped in bundles, packs, caches and downloads are found, or alter no answer', async () => {
  const quick = targets.filter(({ name }) => name !== 'Inception bundle')
  const { tried, faults, figures } = await flipBits(quick, task)
  expect(faults).toEqual([])
  expect(tried).toBe(task.count)
  for (const { name } of quick) expect(figures[`${name}: found`]).toBeGreaterThan(0)
})

test('a flip that nothing finds is a fault, with what repeats it', async () => {
  const careless = {
    name: 'careless',
    share: 1,
    make: async (folder: string) => {
      const file = join(folder, 'a')
      await writeFile(file, 'abc')
      return {
        files: [file],
        ask: async () => {
          await copyFile(file, `${file}.read`)
          return { fault: 'nobody says so' }
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }
    },
  }
  const { tried, faults, figures } = await flipBits([careless], { ...task, count: 2 })
  expect([tried, figures]).toEqual([2, { 'careless: silent': 2 }])
  expect(faults[0]).toEqual({
    case: expect.stringMatching(/^seed 18:0, byte [0-2] bit [0-7] of a of the careless$/),
    what: 'nobody says so',
  })
})
