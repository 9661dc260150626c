import { NpluskError } from '../core/errors.js'

/**
 * The safetensors format (https://github.com/huggingface/safetensors): eight bytes with the length of a JSON header,
 * the header, then the tensors' bytes, little-endian. Other programs can read feature files in this format.
 */
export type Tensors = Readonly<Record<string, { readonly dims: readonly number[]; readonly data: SafeArray }>>
type SafeArray = Float32Array | Int32Array | Uint8Array | Uint16Array

/** Float16 data that is written block by block. */
export interface HalfBlocks {
  blocks(): Iterable<Uint16Array>
}

/** Tensors to write; Uint16Array data is float16 (F16). */
export type WritableTensors = Readonly<
  Record<string, { readonly dims: readonly number[]; readonly data: SafeArray | HalfBlocks }>
>

/** Types and shapes of tensors; dtypes have the format's names. */
export type TensorShapes = Readonly<Record<string, { readonly dtype: Dtype; readonly dims: readonly number[] }>>
type Dtype = keyof typeof arrays

/** Header entry of a tensor; `data_offsets` in bytes from the end of the header. */
export interface Entry {
  readonly dtype: Dtype
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

export interface Header {
  readonly entries: Readonly<Record<string, Entry>>
  readonly metadata: Readonly<Record<string, string>>
  /** Byte offset of the tensors in the file. */
  readonly start: number
}

const arrays = { F32: Float32Array, I32: Int32Array, U8: Uint8Array, F16: Uint16Array } as const

/** Yields the bytes of a file in chunks; a chunk is valid until the next one. */
export function* tensorChunks(
  tensors: WritableTensors,
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array> {
  const shapes = Object.entries(tensors).map(([name, { dims, data }]) => [name, { dtype: typeOf(data), dims }] as const)
  yield encodeHeader(Object.fromEntries(shapes), metadata)
  for (const { data } of Object.values(tensors)) {
    for (const block of 'blocks' in data ? data.blocks() : [data]) {
      yield new Uint8Array(block.buffer, block.byteOffset, block.byteLength)
    }
  }
}

/** The header of a file whose tensors follow in the given order, including the eight bytes of its length. */
export function encodeHeader(tensors: TensorShapes, metadata: Readonly<Record<string, string>> = {}): Buffer {
  const header: Record<string, unknown> = { __metadata__: metadata }
  let offset = 0
  for (const [name, { dtype, dims }] of Object.entries(tensors)) {
    const end = offset + product(dims) * elementBytes(dtype)
    header[name] = { dtype, shape: [...dims], data_offsets: [offset, end] }
    offset = end
  }
  let json = JSON.stringify(header)
  // Padded so that tensors of four-byte elements at the beginning are aligned.
  json += ' '.repeat((8 - (Buffer.byteLength(json) % 8)) % 8)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(json)))
  return Buffer.concat([length, Buffer.from(json)])
}

/**
 * Reads the header and the wanted tensors.
 *
 * @param read returns the file's bytes from `from` (inclusive) to `to` (exclusive)
 * @throws any error when these are damaged
 */
export function loadTensors(
  read: (from: number, to: number) => Uint8Array,
  isWanted: (name: string) => boolean = () => true,
): { tensors: Tensors; header: Header } {
  const header = parseHeader(read(0, 8), (end) => read(8, end))
  const { start, entries } = header
  const wanted = Object.entries(entries).filter(([name]) => isWanted(name))
  const tensors = Object.fromEntries(
    wanted.map(([name, entry]) => {
      const [from, to] = entry.data_offsets
      return [name, { dims: entry.shape, data: toArray(entry, read(start + from, start + to)) }]
    }),
  )
  return { tensors, header }
}

/**
 * Parses the header of a file.
 *
 * @param first the file's first eight bytes
 * @param json returns the file's bytes from 8 (inclusive) to `end` (exclusive)
 * @throws any error when these are damaged
 */
export function parseHeader(first: Uint8Array, json: (end: number) => Uint8Array): Header {
  const start = headerEnd(first)
  const { __metadata__: metadata = {}, ...entries } = JSON.parse(new TextDecoder().decode(json(start))) as Record<
    string,
    Entry
  > & { __metadata__?: Record<string, string> }
  if (!Object.values(entries).every(isEntry)) throw new RangeError('an entry that is none')
  if (!Object.values(metadata).every((value) => typeof value === 'string')) throw new RangeError('metadata of no text')
  return { entries, metadata, start }
}

/**
 * Byte offset at which the header ends and the tensors begin.
 *
 * @param first the file's first eight bytes
 */
export function headerEnd(first: Uint8Array): number {
  return 8 + Number(new DataView(first.buffer, first.byteOffset, first.byteLength).getBigUint64(0, true))
}

/** Whether an entry has a supported type, and as many bytes as its shape requires. */
function isEntry(value: unknown): value is Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Partial<Entry>
  const areSizes = (sizes: unknown): sizes is number[] =>
    Array.isArray(sizes) && sizes.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)
  if (typeof dtype !== 'string' || !Object.hasOwn(arrays, dtype) || !areSizes(shape) || !areSizes(offsets)) return false
  const [from, to] = offsets as readonly number[]
  return offsets.length === 2 && to! - from! === product(shape) * elementBytes(dtype)
}

/**
 * Copies a tensor's numbers out of its bytes.
 *
 * @throws RangeError when the number of bytes does not fit its shape
 */
function toArray({ dtype, shape, data_offsets: [from, to] }: Entry, bytes: Uint8Array): SafeArray {
  // `bytes.slice()` on a Buffer would be a view.
  const copy = Uint8Array.from(bytes)
  const data = new arrays[dtype](copy.buffer)
  if (copy.length !== to - from || data.length !== product(shape)) throw new RangeError('a tensor of another size')
  return data
}

export function damagedFile(file: string, cause: unknown): NpluskError {
  return new NpluskError('BAD_BUNDLE', `${file} is damaged; restore it from a copy, or build the bundle again.`, {
    cause,
  })
}

function product(dims: readonly number[]): number {
  return dims.reduce((a, b) => a * b, 1)
}

export function elementBytes(dtype: Dtype): number {
  return arrays[dtype].BYTES_PER_ELEMENT
}

function typeOf(data: SafeArray | HalfBlocks): Dtype {
  if (data instanceof Float32Array) return 'F32'
  if (data instanceof Int32Array) return 'I32'
  return data instanceof Uint8Array ? 'U8' : 'F16'
}
