import { prefetch } from '../core/prefetch.js'
import { throwIfAborted } from '../core/errors.js'
import { thumbnail } from '../image/thumbnail.js'
import { html, plain, scriptData, type Markup } from './html.js'

/** Thumbnails that are made at the same time. */
const atOnce = 8
/** Thumbnails in one element of the page. */
const together = 50

/**
 * The photographs of a page, each of which is in the page once, however often it is shown. Their numbers are what
 * everything on the page that shows a photograph names it by.
 */
export class Photographs {
  readonly #numbers = new Map<string, number>()
  readonly #captions: string[] = []

  /**
   * The number of a photograph; the caption of its first mention stays.
   *
   * @param caption one line of plain text
   */
  add(file: string, caption: string): number {
    const known = this.#numbers.get(file)
    if (known !== undefined) return known
    this.#numbers.set(file, this.#captions.length)
    // The page's script shows it as it is.
    return this.#captions.push(plain(caption)) - 1
  }

  get count(): number {
    return this.#captions.length
  }

  caption(photo: number): string {
    return this.#captions[photo]!
  }

  /**
   * The photographs as elements for the page's script, in pieces, so that they need never be in memory together. A
   * picture that cannot be read any more has a caption alone.
   *
   * @param onDone is told how many are done
   */
  async *elements(signal: AbortSignal | undefined, onDone: (done: number) => void): AsyncGenerator<Markup> {
    yield scriptData(html`id="captions"`, this.#captions)
    let block: (string | null)[] = []
    let done = 0
    for await (const made of prefetch(this.#numbers.keys(), atOnce, (file) => thumbnail(file, { signal }))) {
      throwIfAborted(signal)
      block.push('error' in made ? null : Buffer.from(made.value).toString('base64'))
      onDone(++done)
      if (block.length < together) continue
      yield scriptData(html`class="thumbnails"`, block)
      block = []
    }
    yield scriptData(html`class="thumbnails"`, block)
  }
}
