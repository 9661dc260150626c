import { NpluskError } from '../core/errors.js'

/**
 * The safetensors format (https://github.com/huggingface/safetensors): eight bytes with the length of a JSON header, the header, then
 * the tensors' bytes, little-endian. Feature files are written in it so that any other program can read them.
 */
export type Tensors = Readonly<Record<string, { readonly dims: readonly number[]; readonly data: SafeArray }>>
type SafeArray = Float32Array | Int32Array | Uint8Array | Uint16Array

interface Entry {
  dtype: keyof typeof arrays
  shape: number[]
  data_offsets: [number, number]
}

const arrays = { F32: Float32Array, I32: Int32Array, U8: Uint8Array, F16: Uint16Array } as const

/** @param tensors Uint16Array data is written as half floats (F16) */
export function encodeTensors(tensors: Tensors, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata }
  let offset = 0
  for (const [name, { dims, data }] of Object.entries(tensors)) {
    header[name] = { dtype: typeOf(data), shape: [...dims], data_offsets: [offset, offset + data.byteLength] }
    offset += data.byteLength
  }
  let json = JSON.stringify(header)
  // Padded so that every tensor of four-byte elements written first stays aligned.
  json += ' '.repeat((8 - (Buffer.byteLength(json) % 8)) % 8)
  const start = 8 + Buffer.byteLength(json)
  const bytes = Buffer.alloc(start + offset)
  bytes.writeBigUInt64LE(BigInt(start - 8))
  bytes.write(json, 8)
  let place = start
  for (const { data } of Object.values(tensors)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), place)
    place += data.byteLength
  }
  return bytes
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
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) as Record<string, Entry>
    const { __metadata__: metadata = {}, ...entries } = header as unknown as Record<string, Entry> & {
      __metadata__?: Record<string, string>
    }
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

function typeOf(data: SafeArray): Entry['dtype'] {
  if (data instanceof Float32Array) return 'F32'
  if (data instanceof Int32Array) return 'I32'
  return data instanceof Uint16Array ? 'F16' : 'U8'
}
