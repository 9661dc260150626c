import type { FileHandle } from 'node:fs/promises'

/** Writes all bytes at a place of a file. */
export async function writeAt(handle: FileHandle, bytes: Uint8Array, place: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await handle.write(bytes, done, bytes.length - done, place + done)).bytesWritten
  }
}

/** Bytes of a file from one place to another in memory of their own; throws RangeError where the file is shorter. */
export async function readAt(handle: FileHandle, from: number, to: number): Promise<Buffer<ArrayBuffer>> {
  const bytes = Buffer.from(new ArrayBuffer(to - from))
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, from + done)
    if (bytesRead === 0) throw new RangeError('the file became shorter')
    done += bytesRead
  }
  return bytes
}
