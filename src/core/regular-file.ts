import { closeSync, constants, fstatSync, openSync, type StatsBase } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'

/**
 * Reading a pipe, a socket or a device could wait, or go on, for ever. So every file that somebody else named or could
 * have put there is opened here.
 */

/** Without waiting for whoever writes to a pipe, and without becoming the terminal's process. Windows has neither. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0)

/**
 * Opens a file for reading.
 *
 * @throws the file system's error; `EISDIR` for a folder, `EFTYPE` for a pipe, a socket or a device
 */
export async function openFile(path: string): Promise<FileHandle> {
  const handle = await open(path, flags).catch((error: unknown) => {
    throw asFileError(error, path)
  })
  try {
    checkKind(await handle.stat(), path)
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** As `openFile`, at once; returns a descriptor. */
export function openFileSync(path: string): number {
  let descriptor: number
  try {
    descriptor = openSync(path, flags)
  } catch (error) {
    throw asFileError(error, path)
  }
  try {
    checkKind(fstatSync(descriptor), path)
    return descriptor
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

/** The most bytes that a file read in one piece may have. */
export const mostBytes = 2 ** 31 - 1

/**
 * Reads a whole file: as many bytes as it had when it was opened, however it grows meanwhile. A file that claims to be
 * empty, as those of /proc do, is.
 *
 * @param most bytes it may have at most
 * @throws as `openFile`; `ERR_FS_FILE_TOO_LARGE`
 */
export async function readWhole(path: string, most = mostBytes): Promise<Buffer<ArrayBuffer>> {
  await using handle = await openFile(path)
  const { size } = await handle.stat()
  if (size > most) throw tooLarge(path, size, most)
  const bytes = Buffer.from(new ArrayBuffer(size))
  let done = 0
  while (done < size) {
    const { bytesRead } = await handle.read(bytes, done, size - done, done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}

/** The most bytes of a text that somebody wrote: lists, names, settings. */
export const mostTextBytes = 2 ** 26

/** As `readWhole`, for a text in UTF-8 of up to 64 MB. */
export async function readText(path: string): Promise<string> {
  return (await readWhole(path, mostTextBytes)).toString('utf8')
}

/** A noun for what is neither a file nor a folder. */
export function specialKind(entry: Pick<StatsBase<unknown>, 'isFIFO' | 'isSocket'>): string {
  return entry.isFIFO() ? 'pipe' : entry.isSocket() ? 'socket' : 'device'
}

function checkKind(stats: StatsBase<unknown>, path: string): void {
  if (stats.isDirectory()) throw systemError('EISDIR', `${path} is a folder`)
  if (!stats.isFile()) throw systemError('EFTYPE', `${path} is a ${specialKind(stats)}`)
}

/** What opening a socket or a device without a driver gives. */
function asFileError(error: unknown, path: string): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  return ['ENXIO', 'ENODEV'].includes(code) ? systemError('EFTYPE', `${path} is a socket or a device`) : error
}

/** The error for a file that has more bytes than it may. */
export function tooLarge(path: string, size: number, most: number): Error {
  return systemError('ERR_FS_FILE_TOO_LARGE', `${path} has ${size} bytes, more than ${most}`)
}

/** An error like those of Node's file system calls. */
function systemError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}
