import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { PassedOver } from '../folders/passed-over.js'

export interface ImagePathsOptions {
  readonly signal: AbortSignal
  /** Whether the standard input has a NUL character behind every path, and not an end of line. */
  readonly isNull: boolean
  /** Told of every folder's files that are no pictures. */
  readonly onPassedOver: (files: readonly PassedOver[]) => void
}

/**
 * The image files that the arguments of `predict` name: files as they are, a folder's images, and for `-` the paths on
 * the standard input.
 *
 * @throws NpluskError `BAD_INPUT` for a folder without images, and for a standard input that is no list of paths;
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
  // A path that leads nowhere is reported where it is read, beside the other images that cannot be.
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
