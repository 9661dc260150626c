import { decodeFloat16, encodeFloat16, largestHalf } from '../math/float16.js'
import { allFinite, allWithin, halvesAreFinite } from '../math/finite.js'
import { checksumOf } from './checksum.js'
import { scoresNotFinite } from './useless-image.js'

/** The outputs of a backbone for one view of an image. */
export interface Bottleneck {
  /** [D + F] the features, taps and bottleneck, then the further layers */
  readonly features: Float32Array
  /** [N] the base model's logits */
  readonly logits: Float32Array
}

/** Lengths of a bottleneck's vectors. */
export interface BottleneckShape {
  /** D + F */
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

/** Bytes before the vectors: checksum and two lengths. */
const headerBytes = 12

/**
 * Encodes a bottleneck for the store: uint32 checksum (`checksumOf`), uint32 D, uint32 N, float32 × N logits, float16 ×
 * D features.
 */
export function encodeBottleneck(key: string, { features, logits }: Bottleneck): Buffer {
  const scores = bytesOf(logits)
  const halves = bytesOf(encodeFloat16(features))
  const header = Uint32Array.of(checksumOf(key, scores, halves), features.length, logits.length)
  return Buffer.concat([bytesOf(header), scores, halves])
}

/** Decodes what `encodeBottleneck` wrote for this key; `undefined` for anything else. */
export function decodeBottleneck(key: string, value: Uint8Array): Bottleneck | undefined {
  const parts = partsOf(key, value)
  if (parts === undefined) return undefined
  const features = new Float32Array(parts.halves.length)
  decodeFloat16(parts.halves, features)
  return { features, logits: parts.logits }
}

/** The lengths of what `decodeBottleneck` would return; cheaper than decoding. */
export function shapeOf(key: string, value: Uint8Array): BottleneckShape | undefined {
  const parts = partsOf(key, value)
  return parts && { dim: parts.halves.length, classes: parts.logits.length }
}

/** Whether lengths are as required. */
export function isOfShape(found: BottleneckShape, required: BottleneckShape | undefined): boolean {
  return required === undefined || (found.dim === required.dim && found.classes === required.classes)
}

function partsOf(key: string, value: Uint8Array): { halves: Uint16Array; logits: Float32Array } | undefined {
  if (value.length < headerBytes) return undefined
  // A copy: a view may not be aligned.
  const bytes = Uint8Array.from(value)
  const [checksum, dim, classes] = new Uint32Array(bytes.buffer, 0, 3) as unknown as [number, number, number]
  if (bytes.length !== headerBytes + 4 * classes + 2 * dim) return undefined
  const logits = new Float32Array(bytes.buffer, headerBytes, classes)
  const halves = new Uint16Array(bytes.buffer, headerBytes + 4 * classes, dim)
  if (checksum !== checksumOf(key, bytesOf(logits), bytesOf(halves))) return undefined
  return halvesAreFinite(halves) && allFinite(logits) ? { halves, logits } : undefined
}

/** The bytes of an array, without copying. */
export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}
