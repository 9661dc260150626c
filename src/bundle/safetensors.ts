import { NpluskError } from '../core/errors.js'

/**
 * The safetensors format (https://github.com/huggingface/safetensors): eight bytes with the length of a JSON header, the header, then
 * the tensors' bytes, little-endian. Feature files are written in it so that any other program can read them.
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

/** Where a tensor lies: `data_offsets` in bytes from the end of the header. */
export interface Entry {
  readonly dtype: keyof typeof arrays
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
  const header: Record<string, unknown> = { __metadata__: metadata }
  let offset = 0
  for (const [name, { dims, data }] of Object.entries(tensors)) {
    const dtype = typeOf(data)
    const end = offset + product(dims) * arrays[dtype].BYTES_PER_ELEMENT
    header[name] = { dtype, shape: [...dims], data_offsets: [offset, end] }
    offset = end
  }
  let json = JSON.stringify(header)
  // Padded so that every tensor of four-byte elements written first stays aligned.
  json += ' '.repeat((8 - (Buffer.byteLength(json) % 8)) % 8)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(json)))
  yield length
  yield Buffer.from(json)
  for (const { data } of Object.values(tensors)) {
    for (const block of 'blocks' in data ? data.blocks() : [data]) {
      yield new Uint8Array(block.buffer, block.byteOffset, block.byteLength)
    }
  }
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
    const { entries, metadata, start } = parseHeader(bytes.subarray(0, 8), (end) => bytes.subarray(8, end))
    const tensors = Object.fromEntries(
      Object.entries(entries).map(([name, entry]) => {
        const [from, to] = entry.data_offsets
        return [name, { dims: entry.shape, data: toArray(entry, bytes.subarray(start + from, start + to)) }]
      }),
    )
    return { tensors, metadata }
  } catch (cause) {
    throw damagedFile(file, cause)
  }
}

/**
 * @param first the file's first eight bytes
 * @param json gives the bytes from the eighth to `end`
 * @throws anything, where these are damaged
 */
export function parseHeader(first: Uint8Array, json: (end: number) => Uint8Array): Header {
  const start = 8 + Number(new DataView(first.buffer, first.byteOffset, first.byteLength).getBigUint64(0, true))
  const { __metadata__: metadata = {}, ...entries } = JSON.parse(new TextDecoder().decode(json(start))) as Record<
    string,
    Entry
  > & { __metadata__?: Record<string, string> }
  if (!Object.values(entries).every(isEntry)) throw new RangeError('an entry that is none')
  if (!Object.values(metadata).every((value) => typeof value === 'string')) throw new RangeError('metadata of no text')
  return { entries, metadata, start }
}

/** Whether an entry is of the known kinds, and its bytes are as many as its shape says. */
function isEntry(value: unknown): value is Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Partial<Entry>
  const areSizes = (sizes: unknown): sizes is number[] =>
    Array.isArray(sizes) && sizes.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)
  if (typeof dtype !== 'string' || !Object.hasOwn(arrays, dtype) || !areSizes(shape) || !areSizes(offsets)) return false
  const [from, to] = offsets as readonly number[]
  return offsets.length === 2 && to! - from! === product(shape) * arrays[dtype].BYTES_PER_ELEMENT
}

/**
 * A tensor's numbers, copied out of its bytes.
 *
 * @throws RangeError when there are more or fewer bytes than its shape says
 */
export function toArray({ dtype, shape, data_offsets: [from, to] }: Entry, bytes: Uint8Array): SafeArray {
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

function typeOf(data: SafeArray | HalfBlocks): Entry['dtype'] {
  if (data instanceof Float32Array) return 'F32'
  if (data instanceof Int32Array) return 'I32'
  return data instanceof Uint8Array ? 'U8' : 'F16'
}
