import { NpluskError, messageOf } from '../core/errors.js'
import { compressedBmp } from './formats/bmp.js'
import { decoderEnded } from './heic.js'
import { headSize, kindOf, readFormatList, readFormats } from './kinds.js'

/** 2^28 pixels: more than the largest cameras have (200 megapixels), far fewer than would need gigabytes. */
export const pixelLimit = 2 ** 28

/** The reason for a picture that cannot be decoded, where nothing more is known. */
export const unexplained = 'it is damaged'

/** What is wrong with a picture. */
export interface ImageProblem {
  readonly reason: string
  /** @default replace or remove it */
  readonly remedy?: string
  /** Whether a smaller version of it would be taken. */
  readonly isTooLarge?: boolean
}

/** What is wrong with a picture beyond a limit. */
export const tooLarge = {
  pixels: (most: number): ImageProblem => ({
    reason: `it has more than ${Math.floor(most / 1e6)} megapixels`,
    isTooLarge: true,
  }),
  side: (most: number): ImageProblem => ({
    reason: `one of its sides has more than ${most} pixels`,
    isTooLarge: true,
  }),
  memory: (bytes: number, most: number): ImageProblem => ({
    reason: `decoding it takes ${gigabytes(bytes)} of memory, and may take ${gigabytes(most)}`,
    remedy: 'make it smaller or remove it',
    isTooLarge: true,
  }),
}

/** What is wrong with a picture whose bytes are not those that were read before. */
export const changed: ImageProblem = { reason: 'it was changed while it was read', remedy: 'run the command again' }

/** What is wrong with a picture that is stored in more strips or tiles than are decoded. */
export function inPieces(most: number): ImageProblem {
  return { reason: `it is stored in more than ${most} pieces`, remedy: 'save it again in larger ones, or remove it' }
}

/** Why bytes cannot be decoded, where their kind tells: not a picture, or a format that is not read. */
export function notDecodable(bytes: Uint8Array): ImageProblem | undefined {
  if (bytes.length === 0) return { reason: 'the file is empty' }
  const kind = kindOf(bytes.subarray(0, headSize))
  if ('other' in kind) {
    return {
      reason: `it is not a ${readFormatList} picture${kind.other === 'other file' ? '' : ` but a ${kind.other}`}`,
    }
  }
  if (readFormats.includes(kind.picture)) return undefined
  return {
    reason: `its format (${kind.picture}) is not read here`,
    remedy: 'convert it to JPEG or PNG, or remove it',
  }
}

/** The format of a picture; `undefined` where it is not one. */
export function formatOf(bytes: Uint8Array): string | undefined {
  const kind = kindOf(bytes.subarray(0, headSize))
  return 'picture' in kind ? kind.picture : undefined
}

/**
 * Puts a decoder's error into words, as a reason.
 *
 * @param maxPixels number of pixels beyond which the picture was refused
 */
export function reasonOf(error: unknown, maxPixels: number): string {
  const message = messageOf(error).split('\n')[0]!
  if (/pixel limit/.test(message)) return tooLarge.pixels(maxPixels).reason
  if (message.startsWith(decoderEnded)) return message
  if (message === compressedBmp || message === unexplained) return message
  const detail = message.replace(/^Input buffer (has corrupt header|contains unsupported image format):?/, '').trim()
  return `${unexplained} (${/^(Unknown error)?$/.test(detail) ? 'corrupt header' : detail})`
}

/**
 * The error that names a picture and says what is wrong with it.
 *
 * @param name path of its file, or what else it is called; `undefined` for bytes without a name
 */
export function unusable(
  name: string | undefined,
  { reason, remedy = 'replace or remove it', isTooLarge }: ImageProblem,
  cause?: unknown,
): NpluskError {
  const picture = name === undefined ? 'the image given as bytes' : `"${name}"`
  const data = { ...(name === undefined ? {} : { file: name }), reason, ...(isTooLarge === true ? { isTooLarge } : {}) }
  return new NpluskError('BAD_INPUT', `Cannot use ${picture}: ${reason}; ${remedy}.`, { cause, data })
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toPrecision(2)} GB`
}
