import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pack, type Pack } from 'tar-stream'

/**
 * A folder as a tar, one file after the other while it is read. Where the reader goes, or a file cannot be read, it
 * ends early, without the mark that ends a whole one.
 *
 * @param name of the folder in the tar
 */
export function folderTar(folder: string, name: string): Readable {
  const tar = pack()
  void feed(tar, folder, name).catch((error: unknown) => tar.destroy(error as Error))
  return Readable.from(tar)
}

async function feed(tar: Pack, folder: string, name: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name))
  for (const path of paths.sort()) {
    const { size } = await stat(path)
    const inside = relative(folder, path).split(sep).join('/')
    await pipeline(createReadStream(path), tar.entry({ name: `${name}/${inside}`, size }))
  }
  tar.finalize()
}
