import { open } from 'node:fs/promises'
import { extname } from 'node:path'
import { headSize, kindOf, type FileKind } from './kinds.js'

/** Files that are looked into at once: a network's file system answers slowly, but many at a time. */
const filesAtOnce = 64

/** Names that promise a picture. What bears one is decoded, which tells what is wrong with it where it is none. */
const pictureNames: ReadonlySet<string> = new Set(
  '.jpg .jpeg .jpe .jfif .png .webp .gif .tif .tiff .avif .heic .heif .hif .bmp .dib .jp2 .jxl'.split(' '),
)

/** Whether a file's name promises a picture, so that nobody need look into it. */
export function isPictureName(name: string): boolean {
  return pictureNames.has(extname(name).toLowerCase())
}

/** The kinds of files by their first bytes, in the files' order; only regular files may be given. */
export async function kindsOf(files: readonly string[]): Promise<FileKind[]> {
  const kinds: FileKind[] = []
  for (let start = 0; start < files.length; start += filesAtOnce) {
    kinds.push(...(await Promise.all(files.slice(start, start + filesAtOnce).map(kindOfFile))))
  }
  return kinds
}

async function kindOfFile(path: string): Promise<FileKind> {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return { other: 'unreadable file' }
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(headSize), 0, headSize, 0)
    return kindOf(buffer.subarray(0, bytesRead))
  } catch {
    return { other: 'unreadable file' }
  } finally {
    await file.close()
  }
}
