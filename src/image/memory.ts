import { Budget } from '../core/budget.js'

/** Bytes that a picture may take while it is decoded, with its file; what would take more is refused. */
export const mostBytes = 1152 * 2 ** 20
/** Bytes beyond which a picture is large: those of 17 megapixels, six bytes each. */
const largeBytes = 100 * 2 ** 20
/** The same for a file, before it is known what it holds. */
const largeFileBytes = 128 * 2 ** 20

// What decoders and files take together in this process, whoever decodes: some 1.75 GiB. Large pictures are decoded one
// after the other, and keep only each other waiting; of others there are as many at once as fit.
const large = new Budget(1)
const ordinary = new Budget(384 * 2 ** 20)
const files = new Budget(256 * 2 ** 20)

let largeAtWork = 0

/** Whether a large picture is being decoded, which may take seconds. */
export function isLargeAtWork(): boolean {
  return largeAtWork > 0
}

/** What whoever waits for a picture has to do with it. */
export interface Waiting {
  /** Is told that the picture is large, before it waits for its turn. */
  readonly onLarge?: (() => void) | undefined
  /** Is awaited before memory is taken for the pixels, or, of a large picture, once it is its turn. */
  readonly ahead?: (() => Promise<void>) | undefined
}

/** Memory of one picture, waited for in two steps and given back when it is disposed of. */
export class PictureMemory implements Disposable {
  readonly #signal: AbortSignal | undefined
  readonly #giveBack: (() => void)[] = []
  #isLarge = false

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal
  }

  /**
   * Waits until a file of so many bytes may be read.
   *
   * @throws the signal's reason
   */
  async forFile(bytes: number): Promise<void> {
    if (bytes > largeFileBytes) await this.#turn()
    else this.#giveBack.push(await files.take(bytes, this.#signal))
  }

  /**
   * Waits until a picture may be decoded that takes so many bytes beside its file.
   *
   * @throws the signal's reason, what `onLarge` or `ahead` throws
   */
  async forPixels(bytes: number, { onLarge, ahead }: Waiting = {}): Promise<void> {
    if (bytes > largeBytes || this.#isLarge) {
      onLarge?.()
      await this.#turn()
      await ahead?.()
    } else {
      await ahead?.()
      this.#giveBack.push(await ordinary.take(bytes, this.#signal))
    }
  }

  [Symbol.dispose](): void {
    for (const giveBack of this.#giveBack.splice(0)) giveBack()
  }

  async #turn(): Promise<void> {
    if (this.#isLarge) return
    this.#giveBack.push(await large.take(1, this.#signal), () => largeAtWork--)
    this.#isLarge = true
    largeAtWork++
  }
}
