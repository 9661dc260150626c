import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { PassedOver } from '../folders/passed-over.js'

export interface ImagePathsOptions {
  readonly signal: AbortSignal
  /** Whether paths on the standard input end with a NUL character instead of a newline. */
  readonly isNull: boolean
  /** Called with the files of every folder that are not images. */
  readonly onPassedOver: (files: readonly PassedOver[]) => void
}

/**
 * Yields the image files that the arguments of `predict` name: files as they are, the images of folders, and for `-`
 * the paths on the standard input.
 *
 * @throws NpluskError `BAD_INPUT` for a folder without images or a standard input that is not a list of paths;
 * `ABORTED`
 */
export async function* imagePaths(
  args: readonly string[],
  stdin: Readable,
  options: ImagePathsOptions,
): AsyncGenerator<string> {
  for (const arg of args) {
    if (arg !== '-') {
      yield* filesAt(arg, options)
      continue
    }
    const { stdinPaths } = await import('./stdin-paths.js')
    for await (const path of stdinPaths(stdin, options)) yield* filesAt(path, options)
  }
}

async function* filesAt(path: string, { onPassedOver }: ImagePathsOptions): AsyncGenerator<string> {
  // A missing file is reported when it is read, like other unreadable images.
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
  if (!isFolder) return yield path
  const { readImages } = await import('../folders/folder.js')
  const { files, passedOver } = await readImages(path)
  onPassedOver(passedOver)
  yield* files
}
