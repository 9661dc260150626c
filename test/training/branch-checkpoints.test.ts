import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { branchCheckpoint, checkpointFolder, isCheckpoint } from '../../src/training/branch-checkpoints.js'

let folder: string

let warnings: string[] = []
const warn = (code: string) => warnings.push(code)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const state = {
  trainer: {
    steps: 2,
    parameters: {
      'a/weight': { values: Float32Array.of(1.5, -2), mean: Float32Array.of(0.1, 0), square: Float32Array.of(0, 3) },
      bias: { values: Float32Array.of(4), mean: Float32Array.of(5), square: Float32Array.of(6) },
    },
  },
  milliseconds: 1500,
  losses: [
    { time: 1, loss: 0.5 },
    { time: 2, loss: 0.25 },
  ],
}

test('training is kept by all that it depends on, until it is deleted', async () => {
  const checkpoint = branchCheckpoint(folder, { seed: 0 }, warn)
  expect(await checkpoint.read()).toBeUndefined()
  await checkpoint.write(state)
  expect(await branchCheckpoint(folder, { seed: 0 }, warn).read()).toEqual(state)
  expect(await branchCheckpoint(folder, { seed: 1 }, warn).read()).toBeUndefined()
  const files = readdirSync(checkpointFolder(folder))
  expect(files.map(isCheckpoint)).toEqual([true])
  await checkpoint.forget()
  await checkpoint.forget()
  expect(await checkpoint.read()).toBeUndefined()
})

test('what is damaged counts as nothing', async () => {
  const checkpoint = branchCheckpoint(folder, { seed: 2 }, warn)
  await checkpoint.write(state)
  const file = join(checkpointFolder(folder), readdirSync(checkpointFolder(folder))[0]!)
  const bytes = readFileSync(file)
  bytes[bytes.length - 40]! ^= 1
  writeFileSync(file, bytes)
  expect(await checkpoint.read()).toBeUndefined()
  writeFileSync(file, bytes.subarray(0, 20))
  expect(await checkpoint.read()).toBeUndefined()
})

test('what cannot be written is warned of once', async () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  warnings = []
  const checkpoint = branchCheckpoint(file, { seed: 0 }, warn)
  await checkpoint.write(state)
  await checkpoint.write(state)
  expect(warnings).toEqual(['NOT_KEPT'])
  await checkpoint.forget()
})
