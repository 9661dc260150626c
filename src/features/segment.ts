import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { openFileSync } from '../core/regular-file.js'

/** Where the bytes of an entry lie. */
export interface Place {
  readonly segment: Segment
  readonly position: number
  readonly length: number
}

/** A row of the index: key (32 bytes), position (uint48), two zeros, length and CRC-32 of all before it (uint32). */
const rowBytes = 48
const keyBytes = 32
const checked = rowBytes - 4

const indexName = /^(.+)\.index$/

/** The segment that a file in the store's folder is the index of; `undefined` where it is something else. */
export function segmentOf(fileName: string): string | undefined {
  return indexName.exec(fileName)?.[1]
}

/** Path of a segment's index. */
export function indexOf(folder: string, name: string): string {
  return join(folder, `${name}.index`)
}

/**
 * A part of the store that one process at a time adds to: a file of entries, one after the other, and an index of them.
 * Neither is ever mapped into memory or trusted: a row of the index that does not fit its checksum is passed over, and
 * whoever reads an entry checks its own.
 */
export class Segment {
  readonly #entries: number
  readonly #index: number
  #end: number
  #indexEnd: number

  private constructor(entries: number, index: number) {
    this.#entries = entries
    this.#index = index
    this.#end = fstatSync(entries).size
    const { size } = fstatSync(index)
    // A row that a full disk cut off is written over.
    this.#indexEnd = size - (size % rowBytes)
  }

  /**
   * Opens a segment, which is made where it is missing.
   *
   * @throws the file system's error; `EISDIR`, `EFTYPE` where something else than a file is
   */
  static open(folder: string, name: string): Segment {
    return openBoth(folder, name, openToWrite, (entries, index) => new Segment(entries, index))
  }

  /** As `open`, for reading alone. */
  static openToRead(folder: string, name: string): Segment {
    return openBoth(folder, name, openFileSync, (entries, index) => new Segment(entries, index))
  }

  /** The entries on record, by key, in the order in which they were written, except what is damaged or cut off. */
  *places(): Generator<readonly [key: string, place: Place], void, void> {
    const rows = read(this.#index, 0, this.#indexEnd)
    const { size } = fstatSync(this.#entries)
    for (let at = 0; at + rowBytes <= rows.length; at += rowBytes) {
      if (crc32(rows.subarray(at, at + checked)) !== rows.readUInt32LE(at + checked)) continue
      const key = rows.toString('hex', at, at + keyBytes)
      const position = rows.readUIntLE(at + keyBytes, 6)
      const length = rows.readUInt32LE(at + keyBytes + 8)
      if (position + length <= size) yield [key, { segment: this, position, length }]
    }
  }

  /** Whether nobody but this process has added to it. */
  isOwn(): boolean {
    return fstatSync(this.#entries).size === this.#end
  }

  /**
   * Adds entries.
   *
   * @returns their places, in the same order
   * @throws the file system's error; nothing is added then
   */
  append(entries: readonly (readonly [key: string, bytes: Uint8Array])[]): Place[] {
    const rows = Buffer.alloc(entries.length * rowBytes)
    let position = this.#end
    const places = entries.map(([key, { length }], i) => {
      const row = rows.subarray(i * rowBytes, (i + 1) * rowBytes)
      row.write(key, 'hex')
      row.writeUIntLE(position, keyBytes, 6)
      row.writeUInt32LE(length, keyBytes + 8)
      row.writeUInt32LE(crc32(row.subarray(0, checked)), checked)
      const place = { segment: this, position, length }
      position += length
      return place
    })
    try {
      write(this.#entries, Buffer.concat(entries.map(([, bytes]) => bytes)), this.#end)
      write(this.#index, rows, this.#indexEnd)
    } catch (error) {
      this.#cutOff()
      throw error
    }
    this.#end = position
    this.#indexEnd += rows.length
    return places
  }

  /** Gives free what a failed write left; where that fails too, it lies there unused. */
  #cutOff(): void {
    try {
      ftruncateSync(this.#index, this.#indexEnd)
      ftruncateSync(this.#entries, this.#end)
    } catch {
      // The error that counts is that of the write.
    }
  }

  /** The bytes at a place, unchecked; fewer where the file has been cut off. */
  read({ position, length }: Place): Buffer<ArrayBuffer> {
    return read(this.#entries, position, length)
  }

  close(): void {
    closeSync(this.#entries)
    closeSync(this.#index)
  }
}

function openBoth(
  folder: string,
  name: string,
  open: (path: string) => number,
  make: (entries: number, index: number) => Segment,
): Segment {
  const opened: number[] = []
  try {
    opened.push(open(join(folder, `${name}.entries`)))
    opened.push(open(indexOf(folder, name)))
    return make(opened[0]!, opened[1]!)
  } catch (error) {
    opened.forEach(closeSync)
    throw error
  }
}

function openToWrite(path: string): number {
  try {
    closeSync(openFileSync(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return openSync(path, constants.O_RDWR | constants.O_CREAT)
}

function read(file: number, position: number, length: number): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(new ArrayBuffer(length))
  let done = 0
  while (done < length) {
    const count = readSync(file, bytes, done, length - done, position + done)
    if (count === 0) break
    done += count
  }
  return bytes.subarray(0, done)
}

function write(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, position + done)
}
