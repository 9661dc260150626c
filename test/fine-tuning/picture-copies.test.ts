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
  expect(second).toEqual({ ...large, copy: { file: expect.stringContaining(cache), hash: expect.any(String) } })
  const { copy } = second!
  expect(isBranchFile(copy!.file)).toBe(true)
  expect(await sharp(copy!.file).metadata()).toMatchObject({ width: 96, height: 64 })
  expect(copy!.hash).toBe(await hashFile(copy!.file))
  expect(events).toMatchObject([
    { stage: 'reduce', done: 1, total: 2 },
    { stage: 'reduce', done: 2, total: 2 },
  ])
})

test('a copy is taken again without the picture, and counts as used now', async () => {
  const cache = join(folder, 'again')
  const [{ copy } = large] = await withCopies([large], input, cache, {})
  utimesSync(copy!.file, 1000, 1000)
  const gone = { ...large, file: join(folder, 'gone.jpg') }
  expect(await withCopies([gone], input, cache, {})).toEqual([{ ...gone, copy }])
  expect(Date.now() - statSync(copy!.file).mtimeMs).toBeLessThan(600_000)
})

test('a damaged copy is made anew', async () => {
  const cache = join(folder, 'damaged')
  const [{ copy } = large] = await withCopies([large], input, cache, {})
  copyFileSync(small.file, copy!.file)
  expect(await withCopies([large], input, cache, {})).toEqual([{ ...large, copy }])
  expect(await hashFile(copy!.file)).toBe(copy!.hash)
  expect(readdirSync(dirname(copy!.file))).toHaveLength(1)
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
