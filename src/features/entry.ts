import { decodeFloat16, encodeFloat16, largestHalf } from '../math/float16.js'
import { allFinite, allWithin, halvesAreFinite } from '../math/finite.js'
import { scoresNotFinite } from './useless-image.js'

/** The outputs of a backbone for one view of an image. */
export interface Bottleneck {
  /** [D] the feature layer: taps and bottleneck */
  readonly features: Float32Array
  /** [N] the base model's logits */
  readonly logits: Float32Array
}

/** Lengths of a bottleneck's vectors. */
export interface BottleneckShape {
  /** D */
  readonly dim: number
  /** N */
  readonly classes: number
}

/**
 * Why a bottleneck is unusable, as the end of "the model …"; `undefined` for a usable one. Training on a single
 * non-finite value would make every weight NaN, and with them every answer.
 */
export function faultOf({ features, logits }: Bottleneck): string | undefined {
  if (!allFinite(features)) return 'answers it with features that are no finite numbers'
  if (!allFinite(logits)) return scoresNotFinite
  if (!allWithin(features, largestHalf)) {
    return `answers it with features beyond ±${largestHalf}, more than the half floats hold that features are kept as`
  }
  return undefined
}

/** Size of the two lengths that precede the vectors. */
const headerBytes = 8

/** Encodes a bottleneck for the store: uint32 D, uint32 N, float32 × N logits, float16 × D features. */
export function encodeBottleneck({ features, logits }: Bottleneck): Buffer {
  const header = Uint32Array.of(features.length, logits.length)
  return Buffer.concat([bytesOf(header), bytesOf(logits), bytesOf(encodeFloat16(features))])
}

/**
 * Decodes what `encodeBottleneck` wrote; `undefined` for anything else.
 *
 * @param shape required lengths
 */
export function decodeBottleneck(value: Uint8Array, shape?: BottleneckShape): Bottleneck | undefined {
  const parts = partsOf(value, shape)
  if (parts === undefined) return undefined
  const features = new Float32Array(parts.halves.length)
  decodeFloat16(parts.halves, features)
  return { features, logits: parts.logits }
}

/** Whether `decodeBottleneck` would return a bottleneck; cheaper than decoding. */
export function isBottleneck(value: Uint8Array, shape?: BottleneckShape): boolean {
  return partsOf(value, shape) !== undefined
}

function partsOf(
  value: Uint8Array,
  shape: BottleneckShape | undefined,
): { halves: Uint16Array; logits: Float32Array } | undefined {
  if (value.length < headerBytes) return undefined
  // A copy: LMDB's memory is only valid during this read, and a view may not be aligned.
  const bytes = Uint8Array.from(value)
  const [dim, classes] = new Uint32Array(bytes.buffer, 0, 2) as unknown as [number, number]
  if (bytes.length !== headerBytes + 4 * classes + 2 * dim) return undefined
  if (shape !== undefined && (dim !== shape.dim || classes !== shape.classes)) return undefined
  const logits = new Float32Array(bytes.buffer, headerBytes, classes)
  const halves = new Uint16Array(bytes.buffer, headerBytes + 4 * classes, dim)
  return halvesAreFinite(halves) && allFinite(logits) ? { halves, logits } : undefined
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}
