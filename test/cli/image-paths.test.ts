import { describe, expect, test } from '@jest/globals'
import { PassThrough, Readable } from 'node:stream'
import { imagePaths } from '../../src/cli/image-paths.js'

const running = new AbortController().signal
async function collect(args: readonly string[], input = '', isNull = false): Promise<string[]> {
  const paths: string[] = []
  for await (const path of imagePaths(args, Readable.from([input]), { signal: running, isNull })) paths.push(path)
  return paths
}

describe('imagePaths', () => {
  test('files stay as they are, whether they are there or not', async () => {
    expect(await collect(['x.jpg', './y'])).toEqual(['x.jpg', './y'])
  })

  test('- stands for the lines of the standard input', async () => {
    expect(await collect(['a', '-', 'd'], 'b\r\n\nc with blanks \n')).toEqual(['a', 'b', 'c with blanks ', 'd'])
  })

  test('and with NUL behind each for what it is: a path may hold an end of line', async () => {
    expect(await collect(['-', 'd'], 'a\nb\0c\r\0e', true)).toEqual(['a\nb', 'c\r', 'e', 'd'])
  })

  test('waiting for input ends on an interruption', async () => {
    const controller = new AbortController()
    const input = new PassThrough()
    const options = { signal: controller.signal, isNull: false }
    const next = imagePaths(['-'], input, options).next()
    controller.abort()
    await expect(next).rejects.toMatchObject({ code: 'ABORTED' })
    expect(input.destroyed).toBe(true)
  })
})
