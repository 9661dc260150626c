import sharp = require('sharp')
import { throwIfAborted } from '../core/errors.js'
import { prefetch } from '../core/prefetch.js'
import { decodeViews } from './decode.js'
import { plainView, type Preprocess } from './types.js'

export interface SpriteOptions {
  /** Pixels of a picture's side. */
  readonly side: number
  /** Pictures in a row. */
  readonly columns: number
  readonly signal?: AbortSignal | undefined
  /** Is told how many are done. */
  readonly onDone: (done: number) => void
}

/** Decoded at the same time. */
const atOnce = 8
/** The grey of a picture that is not there, opaque; all around it is transparent. */
const grey = [160, 160, 160, 255]

/**
 * Small square pictures side by side, row by row, in one PNG.
 *
 * @param files in order; where there is none, or one that cannot be read any more, there is a small grey square
 * @throws NpluskError `ABORTED`
 */
export async function sprite(
  files: readonly (string | undefined)[],
  { side, columns, signal, onDone }: SpriteOptions,
): Promise<Uint8Array> {
  const square: Preprocess = {
    width: side,
    height: side,
    resize: 'shorter',
    cropFraction: 1,
    interpolation: 'bilinear',
  }
  const [width, height] = [columns * side, Math.ceil(files.length / columns) * side]
  const pixels = new Uint8Array(width * height * 4)
  let place = 0
  const read = async (file: string | undefined) =>
    file === undefined ? undefined : (await decodeViews(file, square, [plainView], { signal }))[0]
  for await (const made of prefetch(files, atOnce, read)) {
    throwIfAborted(signal)
    if ('value' in made && made.value !== undefined) putPicture(made.value, place)
    else putSquare(place)
    onDone(++place)
  }
  return sharp(pixels, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer()

  function offset(at: number, x: number, y: number): number {
    return 4 * ((Math.floor(at / columns) * side + y) * width + (at % columns) * side + x)
  }

  function putPicture(picture: Uint8Array, at: number): void {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const from = 3 * (y * side + x)
        pixels.set([picture[from]!, picture[from + 1]!, picture[from + 2]!, 255], offset(at, x, y))
      }
    }
  }

  function putSquare(at: number): void {
    const edge = Math.floor(side * 0.4)
    for (let y = edge; y < side - edge; y++) for (let x = edge; x < side - edge; x++) pixels.set(grey, offset(at, x, y))
  }
}
