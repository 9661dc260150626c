import type { Readable } from 'node:stream'
import { NpluskError, throwIfAborted } from '../core/errors.js'
import { kindOf } from '../image/kinds.js'

/** Far longer than a path on any file system, in bytes. */
const maxPathBytes = 65_536

/**
 * Yields the paths on the standard input, each ended by a newline or, with `isNull`, a NUL character. Empty paths are
 * skipped.
 *
 * @throws NpluskError `BAD_INPUT` as soon as the input is not a list of paths; `ABORTED`
 */
export async function* stdinPaths(
  stdin: Readable,
  { isNull, signal }: { readonly isNull: boolean; readonly signal: AbortSignal },
): AsyncGenerator<string> {
  const stop = () => stdin.destroy()
  signal.addEventListener('abort', stop)
  const end = isNull ? 0x00 : 0x0a
  let rest: Uint8Array = new Uint8Array()
  let isStart = true
  try {
    throwIfAborted(signal)
    for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      checkPaths(bytes, { isStart, isNull })
      const joined: Buffer = Buffer.concat([rest, isStart ? withoutMark(bytes) : bytes])
      isStart = false
      let from = 0
      for (let to = joined.indexOf(end); to >= 0; to = joined.indexOf(end, from)) {
        const path = pathOf(joined.subarray(from, to), isNull)
        from = to + 1
        if (path !== '') yield path
      }
      rest = joined.subarray(from)
      if (rest.length > maxPathBytes) throw notPaths('goes on without an end of line', isNull)
    }
    throwIfAborted(signal)
    const last = pathOf(Buffer.from(rest), isNull)
    if (last !== '') yield last
  } catch (error) {
    throwIfAborted(signal)
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    // An open pipe would keep the process alive, and nothing else reads from it.
    stdin.destroy()
  }
}

function checkPaths(bytes: Uint8Array, { isStart, isNull }: { isStart: boolean; isNull: boolean }): void {
  if (isStart) {
    const kind = kindOf(bytes)
    if ('picture' in kind) throw notPaths(`is a picture (${kind.picture})`, isNull)
  }
  if (!isNull && bytes.includes(0)) throw notPaths('holds NUL characters', isNull)
}

function notPaths(fault: string, isNull: boolean): NpluskError {
  const remedy = isNull
    ? 'give it paths with a NUL character behind each, or save a picture to a file and name that'
    : 'give it paths, one a line (or -0 for those of "find -print0"), or save a picture to a file and name that'
  return new NpluskError('BAD_INPUT', `The standard input ${fault}, where paths are expected; ${remedy}.`)
}

/** Editors and shells on Windows begin UTF-8 with a byte order mark. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
}

function pathOf(bytes: Buffer, isNull: boolean): string {
  const text = bytes.toString()
  return isNull ? text : text.replace(/\r$/, '')
}
