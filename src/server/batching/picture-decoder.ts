import { NpluskError } from '../../core/errors.js'
import { decodeViews } from '../../image/decode.js'
import { decoderEnded } from '../../image/heic.js'
import { pixelLimit } from '../../image/problems.js'
import { plainView, type Preprocess } from '../../image/types.js'
import { Problem } from '../problems.js'

/** How a picture is waited for. */
export interface DecodeHooks {
  /** Waits until the model may be ahead by another picture; a large picture comes to this when its turn has come. */
  ahead(): Promise<void>
  /** Is told when the decoder begins. */
  onStart(): void
}

/** Decodes what clients send, for all models of a service. */
export class PictureDecoder {
  readonly #maxPixels: number

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
    try {
      const options = { signal, maxPixels: this.#maxPixels, ahead, onStart }
      const [decoded] = await decodeViews(image, preprocess, [plainView], options)
      return decoded!
    } catch (error) {
      signal.throwIfAborted()
      throw unreadable(error)
    }
  }
}

/** The decoder's reason without the name that it gives the picture. */
function unreadable(error: unknown): Problem {
  const { reason, isTooLarge = false } = error instanceof NpluskError ? error.data : {}
  if (typeof reason !== 'string' || reason.startsWith(decoderEnded)) {
    return new Problem('internal', 'The picture could not be decoded.', { cause: error })
  }
  if (isTooLarge === true) {
    return new Problem('too-large', `The picture is too large: ${reason}.`, { cause: error })
  }
  return new Problem('unreadable-image', `The picture cannot be used: ${reason}.`, { cause: error })
}
