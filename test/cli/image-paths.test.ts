import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { imagePaths } from '../../src/cli/image-paths.js'
import type { PassedOver } from '../../src/folders/passed-over.js'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nplusk-'))
  await mkdir(join(folder, 'photos', 'deep'), { recursive: true })
  await mkdir(join(folder, 'empty'))
  for (const name of ['b.jpg', 'a.PNG', 'notes.txt', 'deep/c.webp']) await writeFile(join(folder, 'photos', name), '')
})

afterAll(() => rm(folder, { recursive: true }))

const running = new AbortController().signal
let passedOver: PassedOver[] = []

beforeEach(() => {
  passedOver = []
})

async function collect(args: readonly string[], input = '', isNull = false): Promise<string[]> {
  const paths: string[] = []
  const options = { signal: running, isNull, onPassedOver: (files: readonly PassedOver[]) => passedOver.push(...files) }
  for await (const path of imagePaths(args, Readable.from([input]), options)) paths.push(path)
  return paths
}

describe('imagePaths', () => {
  test('files stay as they are, whether they are there or not', async () => {
    expect(await collect(['x.jpg', './y'])).toEqual(['x.jpg', './y'])
  })

  test('a folder stands for its images, down to the last folder', async () => {
    const photos = join(folder, 'photos')
    expect(await collect([photos])).toEqual(['a.PNG', 'b.jpg', 'deep/c.webp'].map((name) => join(photos, name)))
    expect(passedOver).toEqual([{ file: join(photos, 'notes.txt'), kind: 'empty file' }])
  })

  test('- stands for the lines of the standard input', async () => {
    expect(await collect(['a', '-', 'd'], 'b\r\n\nc with blanks \n')).toEqual(['a', 'b', 'c with blanks ', 'd'])
  })

  test('and with NUL behind each for what it is: a path may hold an end of line', async () => {
    expect(await collect(['-', 'd'], 'a\nb\0c\r\0e', true)).toEqual(['a\nb', 'c\r', 'e', 'd'])
  })

  test('a folder without images is an error', async () => {
    await expect(collect([join(folder, 'empty')])).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })

  test('waiting for input ends on an interruption', async () => {
    const controller = new AbortController()
    const input = new PassThrough()
    const options = { signal: controller.signal, isNull: false, onPassedOver: () => undefined }
    const next = imagePaths(['-'], input, options).next()
    controller.abort()
    await expect(next).rejects.toMatchObject({ code: 'ABORTED' })
    expect(input.destroyed).toBe(true)
  })
})
