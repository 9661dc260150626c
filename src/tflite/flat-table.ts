import { ByteBuffer } from 'flatbuffers'

/** The bytes are not a valid FlatBuffer: an offset or a length leads out of the file, or tables overlap. */
export class DamagedFlatBuffer extends Error {}

/**
 * A FlatBuffer in which every read is checked against the end of the file.
 *
 * A valid file stores each element once. A reader that visits more elements than the file has bytes is therefore going
 * round in overlapping tables: `spend` stops it, so a crafted file costs no more time than a valid one of its size.
 */
class CheckedBuffer {
  readonly #buffer: ByteBuffer
  #budget: number

  constructor(readonly bytes: Uint8Array) {
    this.#buffer = new ByteBuffer(bytes)
    this.#budget = bytes.length
  }

  spend(elements: number): void {
    this.#budget -= elements
    if (this.#budget < 0) throw new DamagedFlatBuffer('tables overlap')
  }

  at(position: number, length: number): number {
    if (position < 0 || position + length > this.bytes.length)
      throw new DamagedFlatBuffer('an offset leads out of the file')
    return position
  }

  int8(position: number): number {
    return this.#buffer.readInt8(this.at(position, 1))
  }
  uint8(position: number): number {
    return this.#buffer.readUint8(this.at(position, 1))
  }
  uint16(position: number): number {
    return this.#buffer.readUint16(this.at(position, 2))
  }
  int32(position: number): number {
    return this.#buffer.readInt32(this.at(position, 4))
  }
  uint32(position: number): number {
    return this.#buffer.readUint32(this.at(position, 4))
  }
  int64(position: number): number {
    return Number(this.#buffer.readInt64(this.at(position, 8)))
  }
  float32(position: number): number {
    return this.#buffer.readFloat32(this.at(position, 4))
  }
}

/**
 * One table of a FlatBuffer (https://flatbuffers.dev/internals/). Fields are identified by their number in the schema;
 * an absent field reads as its default.
 *
 * Every method throws `DamagedFlatBuffer` where the bytes are not valid.
 */
export class FlatTable {
  readonly #buffer: CheckedBuffer
  readonly #position: number
  readonly #vtable: number
  readonly #vtableSize: number

  private constructor(buffer: CheckedBuffer, position: number) {
    this.#buffer = buffer
    this.#position = position
    this.#vtable = position - buffer.int32(position)
    this.#vtableSize = buffer.uint16(this.#vtable)
    buffer.spend(1)
  }

  static root(bytes: Uint8Array): FlatTable {
    const buffer = new CheckedBuffer(bytes)
    return new FlatTable(buffer, buffer.uint32(0))
  }

  int8(field: number, fallback = 0): number {
    const position = this.#field(field)
    return position === undefined ? fallback : this.#buffer.int8(position)
  }

  uint8(field: number, fallback = 0): number {
    const position = this.#field(field)
    return position === undefined ? fallback : this.#buffer.uint8(position)
  }

  int32(field: number, fallback = 0): number {
    const position = this.#field(field)
    return position === undefined ? fallback : this.#buffer.int32(position)
  }

  uint32(field: number, fallback = 0): number {
    const position = this.#field(field)
    return position === undefined ? fallback : this.#buffer.uint32(position)
  }

  string(field: number): string {
    return new TextDecoder().decode(this.bytes(field))
  }

  /** A vector of bytes, as a view on the file. */
  bytes(field: number): Uint8Array {
    const { start, length } = this.#vector(field, 1)
    return this.#buffer.bytes.subarray(start, start + length)
  }

  int32s(field: number): number[] {
    return this.#elements(field, 4, (position) => this.#buffer.int32(position))
  }

  /** 64-bit integers as numbers; those beyond 2^53 lose their last bits. */
  int64s(field: number): number[] {
    return this.#elements(field, 8, (position) => this.#buffer.int64(position))
  }

  float32s(field: number): number[] {
    return this.#elements(field, 4, (position) => this.#buffer.float32(position))
  }

  table(field: number): FlatTable | undefined {
    const position = this.#field(field)
    return position === undefined ? undefined : this.#follow(position)
  }

  tables(field: number): FlatTable[] {
    return this.#elements(field, 4, (position) => this.#follow(position))
  }

  #follow(position: number): FlatTable {
    return new FlatTable(this.#buffer, position + this.#buffer.uint32(position))
  }

  /** The position of a field's value; `undefined` where the table leaves it out. */
  #field(field: number): number | undefined {
    const entry = 4 + 2 * field
    if (entry + 2 > this.#vtableSize) return undefined
    const offset = this.#buffer.uint16(this.#vtable + entry)
    return offset === 0 ? undefined : this.#position + offset
  }

  #vector(field: number, elementSize: number): { start: number; length: number } {
    const position = this.#field(field)
    if (position === undefined) return { start: 0, length: 0 }
    const vector = position + this.#buffer.uint32(position)
    const length = this.#buffer.uint32(vector)
    return { start: this.#buffer.at(vector + 4, length * elementSize), length }
  }

  #elements<Element>(field: number, elementSize: number, read: (position: number) => Element): Element[] {
    const { start, length } = this.#vector(field, elementSize)
    this.#buffer.spend(length)
    return Array.from({ length }, (_, i) => read(start + i * elementSize))
  }
}
