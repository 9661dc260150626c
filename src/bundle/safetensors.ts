import { NpluskError } from '../core/errors.js'

/**
 * The safetensors format (https://github.com/huggingface/safetensors): eight bytes with the length of a JSON header, the header, then
 * the tensors' bytes, little-endian. Feature files are written in it so that any other program can read them.
 */
export type Tensors = Readonly<Record<string, { readonly dims: readonly number[]; readonly data: SafeArray }>>
type SafeArray = Float32Array | Int32Array | Uint8Array | Uint16Array

/** A tensor in a file's header; offsets count from the header's end. */
export interface TensorEntry {
  dtype: keyof typeof arrays
  shape: number[]
  data_offsets: [number, number]
}

const arrays = { F32: Float32Array, I32: Int32Array, U8: Uint8Array, F16: Uint16Array } as const

/** A tensor of a file without its data; F16 is a half float. */
export interface TensorShape {
  readonly dtype: keyof typeof arrays
  readonly dims: readonly number[]
}

/** What stands before the tensors in a file, which follow in the order given. */
export function encodeHeader(
  shapes: Readonly<Record<string, TensorShape>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata }
  let offset = 0
  for (const [name, { dtype, dims }] of Object.entries(shapes)) {
    const end = offset + sizeOf({ dtype, dims })
    header[name] = { dtype, shape: [...dims], data_offsets: [offset, end] }
    offset = end
  }
  let json = JSON.stringify(header)
  // Padded so that every tensor of four-byte elements written first stays aligned.
  json += ' '.repeat((8 - (Buffer.byteLength(json) % 8)) % 8)
  const bytes = Buffer.alloc(8 + Buffer.byteLength(json))
  bytes.writeBigUInt64LE(BigInt(bytes.length - 8))
  bytes.write(json, 8)
  return bytes
}

/**
 * @param json the header without the eight bytes before it
 * @throws SyntaxError
 */
export function decodeHeader(json: Uint8Array): {
  entries: Record<string, TensorEntry>
  metadata: Record<string, string>
} {
  const header = JSON.parse(new TextDecoder().decode(json)) as { __metadata__?: Record<string, string> }
  const { __metadata__: metadata = {}, ...entries } = header
  return { entries: entries as Record<string, TensorEntry>, metadata }
}

/** Bytes that a tensor takes. */
export function sizeOf({ dtype, dims }: TensorShape): number {
  return dims.reduce((product, dim) => product * dim, arrays[dtype].BYTES_PER_ELEMENT)
}

/** @param tensors Uint16Array data is written as half floats (F16) */
export function encodeTensors(tensors: Tensors, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const shapes = Object.fromEntries(
    Object.entries(tensors).map(([name, { dims, data }]) => [name, { dtype: typeOf(data), dims }]),
  )
  const bytes = Object.values(tensors).map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  return Buffer.concat([encodeHeader(shapes, metadata), ...bytes])
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
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const start = 8 + Number(view.getBigUint64(0, true))
    const { entries, metadata } = decodeHeader(bytes.subarray(8, start))
    const tensors: Record<string, { dims: number[]; data: SafeArray }> = {}
    for (const [
      name,
      {
        dtype,
        shape,
        data_offsets: [from, to],
      },
    ] of Object.entries(entries)) {
      // Not bytes.slice(): on a Buffer that is a view.
      const copy = Uint8Array.from(bytes.subarray(start + from, start + to))
      const data = new arrays[dtype](copy.buffer)
      if (copy.length !== to - from || data.length !== shape.reduce((a, b) => a * b, 1)) throw new RangeError(name)
      tensors[name] = { dims: shape, data }
    }
    return { tensors, metadata }
  } catch (cause) {
    throw new NpluskError('BAD_BUNDLE', `${file} is damaged; restore it from a copy, or build the bundle again.`, {
      cause,
    })
  }
}

function typeOf(data: SafeArray): TensorEntry['dtype'] {
  if (data instanceof Float32Array) return 'F32'
  if (data instanceof Int32Array) return 'I32'
  return data instanceof Uint16Array ? 'F16' : 'U8'
}
