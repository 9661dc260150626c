import { NpluskError } from '../core/errors.js'

/**
 * The safetensors format (https://github.com/huggingface/safetensors): eight bytes with the length of a JSON header,
 * the header, then the tensors' bytes, little-endian. Feature files are written in it so that any other program can
 * read them.
 */
export type Tensors = Readonly<Record<string, { readonly dims: readonly number[]; readonly data: SafeArray }>>
type SafeArray = Float32Array | Int32Array | Uint8Array | Uint16Array

/** Half floats that are written block by block. */
export interface HalfBlocks {
  blocks(): Iterable<Uint16Array>
}

/** Tensors to be written; Uint16Array data are half floats (F16). */
export type WritableTensors = Readonly<
  Record<string, { readonly dims: readonly number[]; readonly data: SafeArray | HalfBlocks }>
>

/** What there is to know of tensors before their bytes; dtypes are the format's names. */
export type TensorShapes = Readonly<Record<string, { readonly dtype: Dtype; readonly dims: readonly number[] }>>
type Dtype = keyof typeof arrays

/** Where a tensor lies: `data_offsets` in bytes from the end of the header. */
export interface Entry {
  readonly dtype: Dtype
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

export interface Header {
  readonly entries: Readonly<Record<string, Entry>>
  readonly metadata: Readonly<Record<string, string>>
  /** Byte at which the tensors begin. */
  readonly start: number
}

const arrays = { F32: Float32Array, I32: Int32Array, U8: Uint8Array, F16: Uint16Array } as const

/** The bytes of a file, piece by piece; a piece is valid until the next one. */
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

/** The header of a file whose tensors follow it in the order given, with the eight bytes before it. */
export function encodeHeader(tensors: TensorShapes, metadata: Readonly<Record<string, string>> = {}): Buffer {
  const header: Record<string, unknown> = { __metadata__: metadata }
  let offset = 0
  for (const [name, { dtype, dims }] of Object.entries(tensors)) {
    const end = offset + product(dims) * elementBytes(dtype)
    header[name] = { dtype, shape: [...dims], data_offsets: [offset, end] }
    offset = end
  }
  let json = JSON.stringify(header)
  // Padded so that every tensor of four-byte elements written first stays aligned.
  json += ' '.repeat((8 - (Buffer.byteLength(json) % 8)) % 8)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(json)))
  return Buffer.concat([length, Buffer.from(json)])
}

/** A whole file's bytes. */
export function encodeTensors(tensors: Tensors, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  return Buffer.concat([...tensorChunks(tensors, metadata)])
}

/**
 * @returns copies, so that nothing keeps the file's bytes alive
 * @throws NpluskError `BAD_BUNDLE` naming the file when it is damaged
 */
export function decodeTensors(
  bytes: Uint8Array,
  file: string,
): { tensors: Tensors; metadata: Readonly<Record<string, string>> } {
  try {
    const { tensors, header } = loadTensors((from, to) => bytes.subarray(from, to))
    return { tensors, metadata: header.metadata }
  } catch (cause) {
    throw damagedFile(file, cause)
  }
}

/**
 * Reads the header, and those tensors that are wanted.
 *
 * @param read gives the file's bytes from `from` to before `to`
 * @throws anything, where these are damaged
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
 * @param first the file's first eight bytes
 * @param json gives the bytes from the eighth to `end`
 * @throws anything, where these are damaged
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

/** Byte at which the header ends and the tensors begin. @param first the file's first eight bytes */
export function headerEnd(first: Uint8Array): number {
  return 8 + Number(new DataView(first.buffer, first.byteOffset, first.byteLength).getBigUint64(0, true))
}

/** Whether an entry is of the known kinds, and its bytes are as many as its shape says. */
function isEntry(value: unknown): value is Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Partial<Entry>
  const areSizes = (sizes: unknown): sizes is number[] =>
    Array.isArray(sizes) && sizes.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)
  if (typeof dtype !== 'string' || !Object.hasOwn(arrays, dtype) || !areSizes(shape) || !areSizes(offsets)) return false
  const [from, to] = offsets as readonly number[]
  return offsets.length === 2 && to! - from! === product(shape) * elementBytes(dtype)
}

/**
 * A tensor's numbers, copied out of its bytes.
 *
 * @throws RangeError when there are more or fewer bytes than its shape says
 */
function toArray({ dtype, shape, data_offsets: [from, to] }: Entry, bytes: Uint8Array): SafeArray {
  // Not bytes.slice(): on a Buffer that is a view.
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
