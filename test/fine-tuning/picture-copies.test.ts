import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import sharp from 'sharp'
import type { BranchPicture } from '../../src/branch/pictures.js'
import { hashFile } from '../../src/core/hash-file.js'
import type { ProgressEvent } from '../../src/core/progress.js'
import { isBranchFile } from '../../src/fine-tuning/branch-cache.js'
import { withCopies } from '../../src/fine-tuning/picture-copies.js'

const input = { width: 32, height: 32 }
let folder: string
let large: BranchPicture
let small: BranchPicture

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  const pictureOf = async (width: number): Promise<BranchPicture> => {
    const file = join(folder, `${width}.jpg`)
    await sharp({ create: { width, height: 2000, channels: 3, background: '#8ac' } }).toFile(file)
    return { file, hash: await hashFile(file), label: 0, oldLogSumExp: 0 }
  }
  large = await pictureOf(3000)
  small = await pictureOf(300)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('large pictures have a smaller copy in the cache, which is made once', async () => {
  const cache = join(folder, 'cache')
  const events: ProgressEvent[] = []
  const [first, second] = await withCopies([small, large], input, cache, { onProgress: (event) => events.push(event) })
  expect(first).toBe(small)
  expect(second).toEqual({ ...large, copy: expect.stringContaining(cache) })
  const { copy } = second!
  expect(isBranchFile(copy!)).toBe(true)
  expect(await sharp(copy).metadata()).toMatchObject({ width: 96, height: 64 })
  expect(events).toMatchObject([
    { stage: 'reduce', done: 1, total: 2 },
    { stage: 'reduce', done: 2, total: 2 },
  ])
  // Taken again, it is not made anew, and counts as used now.
  utimesSync(copy!, 1000, 1000)
  copyFileSync(small.file, copy!)
  expect((await withCopies([large], input, cache, {}))[0]!.copy).toBe(copy)
  expect(statSync(copy!).size).toBe(statSync(small.file).size)
  expect(Date.now() - statSync(copy!).mtimeMs).toBeLessThan(600_000)
  expect(readdirSync(dirname(copy!))).toHaveLength(1)
})

test('a picture stands for itself where no copy can be kept, or it is another one now', async () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  expect(await withCopies([large], input, file, {})).toEqual([large])
  const changed = { ...large, hash: small.hash }
  expect(await withCopies([changed], input, join(folder, 'empty'), {})).toEqual([changed])
})

test('it can be stopped', async () => {
  const signal = AbortSignal.abort()
  await expect(withCopies([large], input, join(folder, 'none'), { signal })).rejects.toMatchObject({ code: 'ABORTED' })
})
