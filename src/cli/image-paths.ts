import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { throwIfAborted } from '../core/errors.js'

/**
 * The image files that the arguments of `predict` name: files as they are, a folder's images, and for `-` the paths on the
 * standard input's lines.
 *
 * @throws NpluskError `BAD_INPUT` for a folder without images, `ABORTED`
 */
export async function* imagePaths(
  args: readonly string[],
  stdin: Readable,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for (const arg of args) {
    if (arg !== '-') yield* filesAt(arg)
    else for await (const line of linesOf(stdin, signal)) yield* filesAt(line)
  }
}

async function* filesAt(path: string): AsyncGenerator<string> {
  // A path that leads nowhere is reported where it is read, beside the other images that cannot be.
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
  if (!isFolder) return yield path
  const { listImages } = await import('../image/folder.js')
  yield* await listImages(path)
}

async function* linesOf(stdin: Readable, signal: AbortSignal): AsyncGenerator<string> {
  const lines = createInterface({ input: stdin, crlfDelay: Infinity, signal })
  try {
    for await (const line of lines) if (line !== '') yield line
  } finally {
    lines.close()
    // Nobody else reads from it, and an open pipe would keep the process alive.
    stdin.destroy()
  }
  throwIfAborted(signal)
}
