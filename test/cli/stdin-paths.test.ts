import { PassThrough, Readable } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import { stdinPaths } from '../../src/cli/stdin-paths.js'

const { signal } = new AbortController()

async function collect(chunks: Iterable<Uint8Array>, isNull = false): Promise<string[]> {
  const paths: string[] = []
  for await (const path of stdinPaths(Readable.from(chunks), { isNull, signal })) paths.push(path)
  return paths
}

/** A chunk for each byte: names and marks may be cut anywhere. */
function bytesOf(text: string): Uint8Array[] {
  return [...Buffer.from(text)].map((byte) => Uint8Array.of(byte))
}

describe('stdinPaths', () => {
  test('paths come whole, however they are cut', async () => {
    expect(await collect(bytesOf('a/ö.jpg\r\n\nb c.jpg \nlast'))).toEqual(['a/ö.jpg', 'b c.jpg ', 'last'])
    expect(await collect(bytesOf('a\nb\0\0c\r'), true)).toEqual(['a\nb', 'c\r'])
  })

  test('a byte order mark goes, at the start alone', async () => {
    expect(await collect([Buffer.from('\ufeffa\n\ufeffb\n')])).toEqual(['a', '\ufeffb'])
  })

  test('a path comes before the next is there', async () => {
    const stdin = new PassThrough()
    const paths = stdinPaths(stdin, { isNull: false, signal })
    stdin.write('a\n')
    expect(await paths.next()).toEqual({ done: false, value: 'a' })
    stdin.end('b')
    expect(await paths.next()).toEqual({ done: false, value: 'b' })
    expect(await paths.next()).toEqual({ done: true, value: undefined })
  })

  test.each([false, true])('what goes on without an end is given up, NUL-separated: %s', async (isNull) => {
    let read = 0
    function* endless() {
      for (;;) {
        read++
        yield Buffer.alloc(10_000, 'x')
      }
    }
    await expect(collect(endless(), isNull)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(/^The standard input goes on without an end of line, where paths are expected; /),
    })
    expect(read).toBeLessThan(50)
  })

  test('bytes that are no text are no paths', async () => {
    await expect(collect([Buffer.from('a\nb\0c\n')])).rejects.toThrow('holds NUL characters')
    const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0x0a, 0x0a)
    await expect(collect([jpeg])).rejects.toThrow('is a picture (JPEG)')
    await expect(collect([jpeg], true)).rejects.toThrow('is a picture (JPEG)')
  })
})
