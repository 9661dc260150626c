import { allFinite } from '../math/finite.js'
import { float16ToFloat32, float32ToFloat16 } from '../math/float16.js'
import { eachBlock, memoryRows, type FeatureRows } from '../features/feature-rows.js'
import type { FeatureTable } from '../features/table.js'
import { NpluskError } from '../core/errors.js'
import { mostBytes } from '../core/regular-file.js'
import type { Remedy } from '../core/remedies.js'
import type { Tensors } from './safetensors.js'
import { decodeTensors, encodeTensors } from './seals/sealed-tensors.js'
import { decodeColumns, encodeColumns } from './table-columns.js'

/**
 * Encodes a rehearsal pack: features as uint8 with one scale per column, half the size of float16. The rounding error,
 * half of 1/255 of a column's range, does not affect training. Most pooled activations are not negative; columns with
 * negative values are offset by their minimum.
 *
 * @param baseHash SHA-256 of the base model that the features come from
 */
export function encodeRehearsalPack(
  table: FeatureTable,
  baseHash: string,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const features = packRows(table.features)
  const further = table.further && packRows(table.further)
  return encodeTensors(
    {
      scale: features.scale,
      ...(features.lowest ? { lowest: features.lowest } : {}),
      ...(further ? { furtherScale: further.scale } : {}),
      ...(further?.lowest ? { furtherLowest: further.lowest } : {}),
      ...encodeColumns(table),
      features: features.values,
      ...(further ? { further: further.values } : {}),
    },
    { ...metadata, base: baseHash },
  )
}

/** Bytes of a pack for anything but its rows and what each column has: names, the header, the seal. */
const aboutBytes = 2 ** 16
/** Bytes of an image beside its features: eight columns of four. */
const columnBytes = 4 * 8

/** The most images of a pack: it is read in one piece. */
export function mostPacked({ dim, furtherDim }: { readonly dim: number; readonly furtherDim: number }): number {
  const numbers = dim + furtherDim
  // Two numbers for each column of the features: its scale and its lowest value.
  return Math.floor((mostBytes - aboutBytes - 2 * 4 * numbers) / (numbers + columnBytes))
}

function packRows(rows: FeatureRows) {
  const { dim, count } = rows
  const lowest = new Float32Array(dim)
  eachBlock(rows, (block) =>
    block.forEach((bits, i) => (lowest[i % dim] = Math.min(lowest[i % dim]!, float16ToFloat32(bits)))),
  )
  const above = (bits: number, i: number): number => float16ToFloat32(bits) - lowest[i % dim]!
  const scale = new Float32Array(dim)
  eachBlock(rows, (block) =>
    block.forEach((bits, i) => (scale[i % dim] = Math.max(scale[i % dim]!, above(bits, i) / 255))),
  )
  const values = new Uint8Array(count * dim)
  eachBlock(rows, (block, start) =>
    block.forEach((bits, i) => {
      const step = scale[i % dim]!
      values[start * dim + i] = step === 0 ? 0 : Math.round(above(bits, i) / step)
    }),
  )
  return {
    scale: { dims: [dim], data: scale },
    lowest: lowest.some((value) => value < 0) ? { dims: [dim], data: lowest } : undefined,
    values: { dims: [count, dim], data: values },
  }
}

/**
 * Decodes a rehearsal pack.
 *
 * @param remedy for a damaged pack @default to reinstall nplusk, which ships it
 * @throws NpluskError `BAD_BUNDLE` when the file is damaged, is not a pack or contains non-finite numbers
 */
export function decodeRehearsalPack(
  bytes: Uint8Array,
  file: string,
  remedy?: Remedy,
): { table: FeatureTable; baseHash: string } {
  const problem = `${file} is not a rehearsal pack, or is damaged${remedy === undefined ? '; reinstall nplusk' : ''}.`
  const notAPack = (cause?: unknown) => new NpluskError('BAD_BUNDLE', problem, { cause, remedy })
  const { tensors, metadata } = decodedOr(notAPack, () => decodeTensors(bytes, file))
  const features = unpackRows(tensors, ['features', 'scale', 'lowest'], notAPack)
  const further = 'further' in tensors && unpackRows(tensors, ['further', 'furtherScale', 'furtherLowest'], notAPack)
  const { count, dim } = features
  if (further && further.count !== count) throw notAPack()
  return {
    table: { dim, count, features, ...(further ? { further } : {}), ...decodeColumns(tensors, count, notAPack) },
    baseHash: metadata['base'] ?? '',
  }
}

function unpackRows(
  tensors: Tensors,
  [values, scales, offsets]: readonly [string, string, string],
  notAPack: () => Error,
): FeatureRows {
  const { dims: [count, dim, ...others] = [], data: packed } = tensors[values] ?? {}
  const scale = tensors[scales]?.data
  if (count === undefined || dim === undefined || others.length > 0 || !(packed instanceof Uint8Array)) throw notAPack()
  const lowest = tensors[offsets]?.data ?? new Float32Array(dim)
  for (const column of [scale, lowest]) {
    if (!(column instanceof Float32Array) || column.length !== dim || !allFinite(column)) throw notAPack()
  }
  const rows = new Uint16Array(packed.length)
  for (let row = 0; row < packed.length; row += dim) {
    for (let d = 0; d < dim; d++) rows[row + d] = float32ToFloat16(lowest[d]! + packed[row + d]! * scale![d]!)
  }
  return memoryRows(rows, dim)
}

function decodedOr<Decoded>(failure: (cause: unknown) => Error, decode: () => Decoded): Decoded {
  try {
    return decode()
  } catch (cause) {
    throw failure(cause)
  }
}
