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

/**
 * Keeps the rows of each writer in an unlinked file in `folder`: the system frees its space however the process ends.
 */
export function openScratch(folder: string): Scratch {
  const files: number[] = []
  const path = temporaryName(join(folder, 'scratch'))

  function openUnlinked(): number {
    // Another process may have cleared the cache.
    makeFolder(folder)
    const opened = openSync(path, 'wx+')
    files.push(opened)
    try {
      unlinkSync(path)
    } catch (error) {
      files.pop()
      closeSync(opened)
      rmSync(path, { force: true, maxRetries: 1 })
      throw error
    }
    return opened
  }

  function writer(dim: number): RowWriter {
    const buffer = new Uint16Array(Math.max(1, Math.floor(bufferSize / 2 / dim)) * dim)
    let file: number | undefined
    let size = 0
    let filled = 0
    let count = 0
    const flush = () => {
      const bytes = new Uint8Array(buffer.buffer, 0, 2 * filled)
      filled = 0
      try {
        file ??= openUnlinked()
        for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, size + done)
      } catch (error) {
        throw ioError(error, `write to the bottleneck cache in ${folder}`)
      }
      size += bytes.length
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
            if (part.length > 0) readFully(file!, path, part, 2 * start * dim)
          },
        }
      },
    }
  }

  return {
    writer,
    close: () => files.splice(0).forEach((file) => closeSync(file)),
  }
}
