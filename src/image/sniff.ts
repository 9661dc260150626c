import { closeSync, readSync } from 'node:fs'
import { extname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { headSize, kindOf, type FileKind } from './kinds.js'
import { openFileSync } from '../core/regular-file.js'

/** Files read before other work gets a turn. */
const filesAtOnce = 64

/**
 * Extensions of pictures. A file that has one is decoded, and the decoder says what is wrong if it is not a picture.
 */
const pictureNames: ReadonlySet<string> = new Set(
  '.jpg .jpeg .jpe .jfif .png .webp .gif .tif .tiff .avif .heic .heif .hif .bmp .dib .jp2 .jxl'.split(' '),
)

/** Whether a file has a picture's extension, so that there is no need to read it. */
export function isPictureName(name: string): boolean {
  return pictureNames.has(extname(name).toLowerCase())
}

/** The kinds of files by their first bytes, in the order of the files; all must be regular files. */
export async function kindsOf(files: readonly string[]): Promise<FileKind[]> {
  const kinds: FileKind[] = []
  const head = new Uint8Array(headSize)
  for (const [i, file] of files.entries()) {
    if (i % filesAtOnce === filesAtOnce - 1) await setImmediate()
    kinds.push(kindOfFile(file, head))
  }
  return kinds
}

/** Synchronous, because with promises a hundred thousand files would take eight times as long. */
function kindOfFile(path: string, head: Uint8Array): FileKind {
  let file: number | undefined
  try {
    file = openFileSync(path)
    return kindOf(head.subarray(0, readSync(file, head, 0, headSize, 0)))
  } catch {
    return { other: 'unreadable file' }
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
