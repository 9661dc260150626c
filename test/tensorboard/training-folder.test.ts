import { readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { checkLogFolder, makeTrainingFolder } from '../../src/tensorboard/training-folder.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
const date = new Date('2026-03-04T05:06:07.890Z')

test('every training gets a folder of its own', () => {
  const logs = join(folder(), 'new', 'logs')
  const made = [1, 2, 3].map(() => basename(makeTrainingFolder(logs, 'flowers', date)))
  expect(made).toEqual(['flowers-20260304T050607', 'flowers-20260304T050607-2', 'flowers-20260304T050607-3'])
  expect(readdirSync(logs).sort()).toEqual(made)
})

test.each([
  '../../up',
  '..',
  '.hidden',
  'a/b',
  'a\\b',
  'tab\tline\n',
  'ü'.repeat(400),
  '𠀀'.repeat(80),
  'C:',
  '',
  '--- ?',
])('a name such as %j does not lead elsewhere', (name) => {
  const path = makeTrainingFolder(folder(), name, date)
  expect(dirname(path)).toBe(folder())
  expect(basename(path)).toMatch(/^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u)
})

test('a name of many bytes is cut between characters, and leaves room for a number', () => {
  const made = [1, 2].map(() => basename(makeTrainingFolder(folder(), '𠀀'.repeat(80), date)))
  expect(made).toEqual([1, 2].map((i) => `${'𠀀'.repeat(25)}-20260304T050607${i === 1 ? '' : '-2'}`))
})

test('a file in its place or above it is named before training begins', async () => {
  const file = join(folder(), 'file')
  writeFileSync(file, '')
  await expect(checkLogFolder(file)).rejects.toMatchObject({ code: 'BAD_INPUT' })
  await expect(checkLogFolder(join(file, 'runs', 'logs'))).rejects.toMatchObject({
    code: 'IO',
    message: expect.stringMatching(/^Cannot write to .*logs: a part of the path is a file, not a folder; check/),
  })
  await expect(checkLogFolder(join(folder(), 'not there', 'logs'))).resolves.toBeUndefined()
})
