import { decodeViews } from '../../image/decode.js'
import { pixelLimit } from '../../image/problems.js'
import { plainView, type Preprocess } from '../../image/types.js'
import { Problem } from '../problems.js'
import { unusablePicture } from '../unusable-picture.js'

/** Large pictures that may wait, or be decoded, at once; each takes seconds, and a place in the queue of its model. */
const mostLarge = 16
/** Seconds after which a client whose large picture was not taken may try again. */
const retryAfter = 10

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
  #large = 0

  /** @param maxPixels width times height of the largest picture that is taken */
  constructor(maxPixels: number) {
    this.#maxPixels = Math.min(maxPixels, pixelLimit)
  }

  /**
   * Decodes a picture to the pixels of a model.
   *
   * @returns RGB, HWC: height * width * 3 bytes
   * @throws Problem `too-large`, `unreadable-image`, `overloaded` where too many large pictures wait; the signal's
   * reason, as far as a decoder can be stopped
   */
  async decode(
    image: Uint8Array,
    preprocess: Preprocess,
    signal: AbortSignal,
    { ahead, onStart }: DecodeHooks,
  ): Promise<Uint8Array> {
    let isLarge = false
    const onLarge = () => {
      if (this.#large >= mostLarge) {
        throw new Problem('overloaded', 'Too many large pictures wait; try again later.', { retryAfter })
      }
      isLarge = true
      this.#large++
    }
    try {
      const options = { signal, maxPixels: this.#maxPixels, ahead, onLarge, onStart }
      const [decoded] = await decodeViews(image, preprocess, [plainView], options)
      return decoded!
    } catch (error) {
      signal.throwIfAborted()
      throw error instanceof Problem ? error : unusablePicture(error)
    } finally {
      if (isLarge) this.#large--
    }
  }
}
