import { NpluskError } from '../../core/errors.js'
import { decodeViews } from '../../image/decode.js'
import { decoderEnded } from '../../image/heic.js'
import { measure } from '../../image/measure.js'
import { pixelLimit } from '../../image/problems.js'
import { plainView, type Preprocess } from '../../image/types.js'
import { Problem } from '../problems.js'
import { Budget } from './budget.js'

/** Bytes that decoders may take together for pictures that are not large. */
const budgetBytes = 768 * 2 ** 20
/** Bytes beyond which a picture is large: those of 17 megapixels in a format of which all pixels are in memory. */
const largeBytes = 100 * 2 ** 20

/** How a picture is waited for. */
export interface DecodeHooks {
  /** Waits until the model may be ahead by another picture; a large picture comes to this when its turn has come. */
  ahead(): Promise<void>
  /** Is told when the decoder begins. */
  onStart(): void
}

/**
 * Decodes what clients send, for all models of a service together. Decoders may need many bytes for every pixel of a
 * picture, however small they make it: of large pictures one is decoded at a time, and they keep only each other
 * waiting; of others only so many as fit into a budget.
 */
export class PictureDecoder {
  readonly #maxPixels: number
  readonly #bytes = new Budget(budgetBytes)
  readonly #large = new Budget(1)

  /** @param maxPixels width times height of the largest picture that is taken */
  constructor(maxPixels: number) {
    this.#maxPixels = Math.min(maxPixels, pixelLimit)
  }

  /**
   * Decodes a picture to the pixels of a model.
   *
   * @returns RGB, HWC: height * width * 3 bytes
   * @throws Problem `too-large`, `unreadable-image`; the signal's reason, as far as a decoder can be stopped
   */
  async decode(
    image: Uint8Array,
    preprocess: Preprocess,
    signal: AbortSignal,
    { ahead, onStart }: DecodeHooks,
  ): Promise<Uint8Array> {
    const { pixels, bytes } = (await measure(image)) ?? { pixels: 0, bytes: 0 }
    if (pixels > this.#maxPixels) throw this.#tooLarge()
    const isLarge = bytes > largeBytes
    if (!isLarge) await ahead()
    const giveBack = isLarge ? await this.#large.take(1, signal) : await this.#bytes.take(bytes, signal)
    try {
      if (isLarge) await ahead()
      onStart()
      // Others would have to wait while a large one is decoded again for the reason why it fails.
      const options = { signal, maxPixels: this.#maxPixels, isExplained: !isLarge }
      const [decoded] = await decodeViews(image, preprocess, [plainView], options)
      return decoded!
    } catch (error) {
      signal.throwIfAborted()
      throw unreadable(error)
    } finally {
      giveBack()
    }
  }

  #tooLarge(): Problem {
    return new Problem('too-large', `The picture has more than ${Math.floor(this.#maxPixels / 1e6)} megapixels.`)
  }
}

/** The decoder's reason without the name that it gives the picture. */
function unreadable(error: unknown): Problem {
  const { reason } = error instanceof NpluskError ? error.data : {}
  if (typeof reason !== 'string' || reason.startsWith(decoderEnded)) {
    return new Problem('internal', 'The picture could not be decoded.', { cause: error })
  }
  return new Problem('unreadable-image', `The picture cannot be used: ${reason}.`, { cause: error })
}
