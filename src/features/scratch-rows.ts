import { closeSync, openSync, rmSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryName } from '../core/temporary.js'
import { ioError } from '../core/errors.js'
import { makeFolder } from '../core/make-folder.js'
import { readFully, type RowWriter } from './feature-rows.js'

/** Bytes gathered before a write. */
const bufferSize = 2 ** 22

/** Temporary rows outside memory, valid until `close`. */
export interface Scratch {
  writer(dim: number): RowWriter
  close(): void
}

/** Keeps rows in an unlinked file in `folder`: the system frees its space however the process ends. */
export function openScratch(folder: string): Scratch {
  let file: number | undefined
  let size = 0
  const path = temporaryName(join(folder, 'scratch'))

  function openUnlinked(): number {
    // Another process may have cleared the cache.
    makeFolder(folder)
    const opened = openSync(path, 'wx+')
    try {
      unlinkSync(path)
    } catch (error) {
      closeSync(opened)
      rmSync(path, { force: true, maxRetries: 1 })
      throw error
    }
    return opened
  }

  function write(bytes: Uint8Array): void {
    try {
      file ??= openUnlinked()
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, size + done)
    } catch (error) {
      throw ioError(error, `write to the bottleneck cache in ${folder}`)
    }
    size += bytes.length
  }

  return {
    writer(dim) {
      const offset = size
      const buffer = new Uint16Array(Math.max(1, Math.floor(bufferSize / 2 / dim)) * dim)
      let filled = 0
      let count = 0
      const flush = () => {
        write(new Uint8Array(buffer.buffer, 0, 2 * filled))
        filled = 0
      }
      return {
        add(row) {
          if (filled === buffer.length) flush()
          buffer.set(row, filled)
          filled += dim
          count++
        },
        done() {
          flush()
          return {
            count,
            dim,
            copy(start, end, target) {
              const part = target.subarray(0, (end - start) * dim)
              if (part.length > 0) readFully(file!, path, part, offset + 2 * start * dim)
            },
          }
        },
      }
    },
    close() {
      if (file !== undefined) closeSync(file)
      file = undefined
    },
  }
}
