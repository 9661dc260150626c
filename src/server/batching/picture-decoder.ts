import { NpluskError } from '../../core/errors.js'
import { decodeViews } from '../../image/decode.js'
import { decoderEnded } from '../../image/heic.js'
import { pixelsOf } from '../../image/measure.js'
import { pixelLimit } from '../../image/problems.js'
import { plainView, type Preprocess } from '../../image/types.js'
import { Problem } from '../problems.js'
import { Budget } from './budget.js'

/**
 * Decodes what clients send, for all models of a service together. A decoder may need six bytes for every pixel of a
 * picture, however small it makes it, so only so many pixels are decoded at once.
 */
export class PictureDecoder {
  readonly #maxPixels: number
  readonly #pixels = new Budget(pixelLimit)

  /** @param maxPixels width times height of the largest picture that is taken */
  constructor(maxPixels: number) {
    this.#maxPixels = Math.min(maxPixels, pixelLimit)
  }

  /**
   * Decodes a picture to the pixels of a model.
   *
   * @param onStart is told when the decoder begins
   * @returns RGB, HWC: height * width * 3 bytes
   * @throws Problem `too-large`, `unreadable-image`; the signal's reason, as far as a decoder can be stopped
   */
  async decode(
    image: Uint8Array,
    preprocess: Preprocess,
    signal: AbortSignal,
    onStart: () => void,
  ): Promise<Uint8Array> {
    const pixels = (await pixelsOf(image)) ?? 0
    if (pixels > this.#maxPixels) throw this.#tooLarge()
    const giveBack = await this.#pixels.take(pixels, signal)
    try {
      onStart()
      const [decoded] = await decodeViews(image, preprocess, [plainView], { signal, maxPixels: this.#maxPixels })
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
