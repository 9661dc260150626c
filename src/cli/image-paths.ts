import type { Readable } from 'node:stream'

export interface ImagePathsOptions {
  readonly signal: AbortSignal
  /** Whether paths on the standard input end with a NUL character instead of a newline. */
  readonly isNull: boolean
}

/**
 * Yields the paths that the arguments of `predict` give: themselves, and for `-` those on the standard input.
 *
 * @throws NpluskError `BAD_INPUT` for a standard input that is not a list of paths; `ABORTED`
 */
export async function* imagePaths(
  args: readonly string[],
  stdin: Readable,
  options: ImagePathsOptions,
): AsyncGenerator<string> {
  for (const arg of args) {
    if (arg !== '-') {
      yield arg
      continue
    }
    const { stdinPaths } = await import('./stdin-paths.js')
    yield* stdinPaths(stdin, options)
  }
}
