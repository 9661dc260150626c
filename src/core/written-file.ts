import { lstat, open, readlink, realpath, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { ioError, NpluskError } from './errors.js'

/**
 * The path to replace when a path is written: where a link leads, so that the link stays.
 *
 * @throws NpluskError `BAD_INPUT` where a device, a pipe or a socket is, which a file must not replace; `IO`
 */
export async function pathToReplace(path: string): Promise<string> {
  try {
    const found = await unlessMissing(stat(path))
    if (found && !found.isFile() && !found.isDirectory()) {
      throw new NpluskError('BAD_INPUT', `${path} is a device, a pipe or a socket; give the name of a file.`)
    }
    const isLink = (await unlessMissing(lstat(path)))?.isSymbolicLink() === true
    if (!isLink) return path
    return found ? await realpath(path) : await pathToReplace(resolve(dirname(path), await readlink(path)))
  } catch (error) {
    throw ioError(error, `write ${path}`)
  }
}

/**
 * Says early what would fail late.
 *
 * @param what the file will be
 * @param isSuch whether a file that begins so is such a one, and may be replaced
 * @throws NpluskError `BAD_INPUT` where something else is
 */
export async function checkWrittenFile(file: string, what: string, isSuch?: (start: Buffer) => boolean): Promise<void> {
  const path = await pathToReplace(file)
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) {
    throw new NpluskError('BAD_INPUT', `${file} is a folder, and ${what} a file; give the name of a file in it.`)
  }
  if (isSuch === undefined || found === undefined || found.size === 0) return
  if (!isSuch(await startOf(path))) {
    throw new NpluskError(
      'BAD_INPUT',
      `${file} is there already and holds something else than ${what} would; choose another name.`,
    )
  }
}

async function startOf(path: string): Promise<Buffer> {
  try {
    await using file = await open(path)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0)
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    throw ioError(error, `read ${path}`)
  }
}

async function unlessMissing<Found>(looking: Promise<Found>): Promise<Found | undefined> {
  return looking.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}
