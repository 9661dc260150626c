import { throwIfAborted } from '../core/errors.js'
import { hashOf } from '../core/hash-of.js'
import { decodeBmp } from './formats/bmp.js'
import { withoutText } from './formats/png-text.js'
import { firstPage, withoutOtherPages } from './formats/tiff-pages.js'
import { firstFrame } from './formats/webp-frames.js'
import { gate } from './decode-gate.js'
import { heicToTiff } from './heic.js'
import { measure, type Measure } from './measure.js'
import { mostBytes, PictureMemory, type Waiting } from './memory.js'
import { changed, formatOf, inPieces, notDecodable, pixelLimit, reasonOf, tooLarge, unusable } from './problems.js'
import { readSource } from './read-source.js'

/** Strips or tiles of a TIFF: tiles of 16 x 16 for 64 megapixels. Each takes time, however little is in it. */
const mostPieces = 2 ** 18

/** Pixels of a side, as a PNG may have at most: rows take time, however few pixels are in each. */
const mostSide = 1_000_000

export interface OpenOptions extends Waiting {
  readonly signal?: AbortSignal | undefined
  /** What errors call a picture that is given as bytes. @default the image given as bytes */
  readonly name?: string | undefined
  /** SHA-256 that its bytes must have. @default any */
  readonly hash?: string | undefined
  /** Pixels beyond which a picture is refused. @default 2^28 */
  readonly maxPixels?: number | undefined
  /** Is told when its decoder begins. */
  readonly onStart?: (() => void) | undefined
}

/** A picture that sharp may decode, with the memory for that. */
export interface OpenPicture extends Disposable {
  /** What is decoded, in one frame. */
  readonly bytes: Uint8Array
  readonly format: string | undefined
  /** The upright size, where the header says it. */
  readonly size: Pick<Measure, 'width' | 'height'> | undefined
  /** Pixels beyond which it is refused. */
  readonly maxPixels: number
  /** The error that names the picture and says what was wrong with it, of what its decoder threw. */
  unusable(error: unknown): Error
}

/**
 * Reads a picture, checks by its header what it would take to decode it, and waits until there is memory for that:
 * decoders may need many bytes for every pixel, however small the result.
 *
 * @param resultBytes bytes of what is made of a picture of some size
 * @throws NpluskError `BAD_INPUT` naming the file and what is wrong with it; `NOT_FOUND` where there is none; `ABORTED`
 */
export async function openPicture(
  source: string | Uint8Array,
  resultBytes: (width: number, height: number) => number,
  options: OpenOptions = {},
): Promise<OpenPicture> {
  const { signal, hash, maxPixels = pixelLimit, onStart } = options
  const { name = typeof source === 'string' ? source : undefined } = options
  const memory = new PictureMemory(signal)
  try {
    const whole = typeof source === 'string' ? await readSource(source, memory) : source
    if (hash !== undefined && hashOf(whole) !== hash) throw unusable(name, changed)
    const problem = notDecodable(whole)
    if (problem !== undefined) throw unusable(name, problem)
    const format = formatOf(whole)
    if (format === 'TIFF' && (firstPage(whole)?.pieces ?? 0) > mostPieces) throw unusable(name, inPieces(mostPieces))
    const bytes = plain(whole, format)
    const size = await gate.together(() => measure(bytes, format))
    // The decoder of HEIC, which is another one, may read what cannot be measured.
    const unknown = format === 'HEIC' ? mostBytes - whole.length : 0
    const needed = size === undefined ? unknown : size.bytes + resultBytes(size.width, size.height)
    if (size !== undefined && size.width * size.height > maxPixels) throw unusable(name, tooLarge.pixels(maxPixels))
    if (size !== undefined && Math.max(size.width, size.height) > mostSide)
      throw unusable(name, tooLarge.side(mostSide))
    if (needed + whole.length > mostBytes) throw unusable(name, tooLarge.memory(needed + whole.length, mostBytes))
    await memory.forPixels(needed, options)
    onStart?.()
    const opened = {
      format,
      maxPixels,
      unusable: (error: unknown) => {
        throwIfAborted(signal)
        return unusable(name, { reason: reasonOf(error, maxPixels) }, error)
      },
      [Symbol.dispose]: () => memory[Symbol.dispose](),
    }
    try {
      return { ...opened, ...(await decodable(bytes, format, size, maxPixels, signal)) }
    } catch (error) {
      throw opened.unusable(error)
    }
  } catch (error) {
    memory[Symbol.dispose]()
    throwIfAborted(signal)
    throw error
  }
}

/** A picture without what a decoder would spend time and memory on though nothing of it shows. */
function plain(bytes: Uint8Array, format: string | undefined): Uint8Array {
  if (format === 'PNG') return withoutText(bytes)
  if (format === 'TIFF') return withoutOtherPages(bytes)
  return format === 'WebP' ? firstFrame(bytes) : bytes
}

/** What sharp can decode: HEVC and BMP it cannot. */
async function decodable(
  bytes: Uint8Array,
  format: string | undefined,
  size: Measure | undefined,
  maxPixels: number,
  signal: AbortSignal | undefined,
): Promise<Pick<OpenPicture, 'bytes' | 'size'>> {
  // Pixels come out upright, whatever the header says.
  if (format === 'HEIC') return { bytes: await heicToTiff(bytes, maxPixels, signal), size: undefined }
  if (format === 'BMP') return { bytes: (await decodeBmp(bytes, maxPixels)).file, size: undefined }
  return { bytes, size }
}
