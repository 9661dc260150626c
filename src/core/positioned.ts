import type { FileHandle } from 'node:fs/promises'

/** Writes all bytes at a position of a file. */
export async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten
  }
}

/** Reads the bytes of a file in [from, to) into memory of their own; throws RangeError where the file is shorter. */
export async function readAt(handle: FileHandle, from: number, to: number): Promise<Buffer<ArrayBuffer>> {
  const bytes = Buffer.from(new ArrayBuffer(to - from))
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, from + done)
    if (bytesRead === 0) throw new RangeError('the file became shorter')
    done += bytesRead
  }
  return bytes
}
