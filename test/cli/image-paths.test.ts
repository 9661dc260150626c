import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { imagePaths } from '../../src/cli/image-paths.js'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nplusk-'))
  await mkdir(join(folder, 'photos', 'deep'), { recursive: true })
  await mkdir(join(folder, 'empty'))
  for (const name of ['b.jpg', 'a.PNG', 'notes.txt', 'deep/c.webp']) await writeFile(join(folder, 'photos', name), '')
})

afterAll(() => rm(folder, { recursive: true }))

const running = new AbortController().signal

async function collect(args: readonly string[], input = '', signal = running): Promise<string[]> {
  const paths: string[] = []
  for await (const path of imagePaths(args, Readable.from([input]), signal)) paths.push(path)
  return paths
}

describe('imagePaths', () => {
  test('files stay as they are, whether they are there or not', async () => {
    expect(await collect(['x.jpg', './y'])).toEqual(['x.jpg', './y'])
  })

  test('a folder stands for its images, down to the last folder', async () => {
    const photos = join(folder, 'photos')
    expect(await collect([photos])).toEqual(['a.PNG', 'b.jpg', 'deep/c.webp'].map((name) => join(photos, name)))
  })

  test('- stands for the lines of the standard input', async () => {
    expect(await collect(['a', '-', 'd'], 'b\r\n\nc with blanks \n')).toEqual(['a', 'b', 'c with blanks ', 'd'])
  })

  test('a folder without images is an error', async () => {
    await expect(collect([join(folder, 'empty')])).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })

  test('waiting for input ends on an interruption', async () => {
    const controller = new AbortController()
    const input = new PassThrough()
    const next = imagePaths(['-'], input, controller.signal).next()
    controller.abort()
    await expect(next).rejects.toMatchObject({ code: 'ABORTED' })
    expect(input.destroyed).toBe(true)
  })
})
