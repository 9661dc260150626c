import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { ProgressEvent } from '../../src/core/progress.js'
import { branchFolder, isBranchFile } from '../../src/fine-tuning/branch-cache.js'
import { branchCheckpoint } from '../../src/fine-tuning/branch-checkpoints.js'

let folder: string

let warnings: string[] = []
const onProgress = (event: ProgressEvent) => event.type === 'warning' && warnings.push(event.code)

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
  const checkpoint = branchCheckpoint(folder, { seed: 0 }, onProgress)
  warnings = []
  expect(await checkpoint.read()).toBeUndefined()
  expect(warnings).toEqual([])
  expect(await checkpoint.write(state)).toBe(true)
  expect(await branchCheckpoint(folder, { seed: 0 }, onProgress).read()).toEqual(state)
  expect(await branchCheckpoint(folder, { seed: 1 }, onProgress).read()).toBeUndefined()
  const files = readdirSync(branchFolder(folder))
  expect(files.map(isBranchFile)).toEqual([true])
  await checkpoint.forget()
  await checkpoint.forget()
  expect(await checkpoint.read()).toBeUndefined()
})

test('what nobody went on with for a month goes, and nothing else does', async () => {
  const cache = join(folder, 'old')
  const fileOf = async (seed: number) => {
    const before = new Set(listed())
    await branchCheckpoint(cache, { seed }, onProgress).write(state)
    return join(
      branchFolder(cache),
      listed().find((name) => !before.has(name))!,
    )
  }
  const listed = () => readdirSync(branchFolder(cache), { recursive: false }).map(String)
  mkdirSync(branchFolder(cache), { recursive: true })
  const daysAgo = (days: number) => Date.now() / 1000 - days * 24 * 3600
  const old = await fileOf(1)
  const newer = await fileOf(2)
  const others = join(branchFolder(cache), 'mine.txt')
  writeFileSync(others, '')
  utimesSync(old, daysAgo(31), daysAgo(31))
  utimesSync(newer, daysAgo(29), daysAgo(29))
  utimesSync(others, daysAgo(31), daysAgo(31))
  const own = await fileOf(3)
  expect(listed().sort()).toEqual([newer, others, own].map((path) => basename(path)).sort())
})

test('what is damaged counts as nothing, and is warned of', async () => {
  warnings = []
  const checkpoint = branchCheckpoint(folder, { seed: 2 }, onProgress)
  await checkpoint.write(state)
  const file = join(branchFolder(folder), readdirSync(branchFolder(folder))[0]!)
  const bytes = readFileSync(file)
  bytes[bytes.length - 40]! ^= 1
  writeFileSync(file, bytes)
  expect(await checkpoint.read()).toBeUndefined()
  writeFileSync(file, bytes.subarray(0, 20))
  expect(await checkpoint.read()).toBeUndefined()
  expect(warnings).toEqual(['NOT_KEPT', 'NOT_KEPT'])
})

test('what cannot be written is warned of once', async () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  warnings = []
  const checkpoint = branchCheckpoint(file, { seed: 0 }, onProgress)
  expect(await checkpoint.write(state)).toBe(false)
  expect(await checkpoint.write(state)).toBe(false)
  expect(warnings).toEqual(['NOT_KEPT'])
  await checkpoint.forget()
})
