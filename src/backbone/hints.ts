import { NpluskError } from '../core/errors.js'
import type { Preprocess } from '../image/types.js'
import type { Normalisation } from './normalisation.js'

/**
 * Longest side of an input, in pixels, that a file may claim: larger ones would take gigabytes, and the largest
 * classifiers in use take 800.
 */
export const largestSide = 1024

/** What the user, or a file beside the model, says about its input; everything else is determined by trial. */
export interface InputHints extends Partial<Normalisation>, Partial<Preprocess> {}

/** Options that describe an ONNX classifier, for opening, extending, measuring and inspecting it. */
export interface InputOptions {
  /**
   * Subtracted from each channel: [3] in the order of `channels`, or [1] for a model with one channel. On the scale
   * 0..1, or 0..255 where a number in `mean` or `std` is above 1.
   */
  readonly mean?: readonly number[]
  /** Each channel is divided by it: as `mean`. */
  readonly std?: readonly number[]
  readonly channels?: 'RGB' | 'BGR'
  /** Order of the input's axes. */
  readonly layout?: 'NCHW' | 'NHWC'
  /** Size of the input, in pixels, each side from 1 to 4096. */
  readonly size?: { readonly width: number; readonly height: number }
  /**
   * Side of the central crop as a fraction of the largest crop with the input's aspect ratio that fits into the image,
   * above 0 and at most 1; `squash` resizes the whole image, whatever its aspect ratio.
   */
  readonly crop?: number | 'squash'
  readonly interpolation?: Preprocess['interpolation']
  /** Name, or an output, of the node that computes the class scores. */
  readonly head?: string
  /** Name of the tensor to use as features instead of the input of the head. */
  readonly bottleneck?: string
  /** File with the names of the model's classes, in the order of its outputs. */
  readonly labels?: string
}

/**
 * The user's options as hints.
 *
 * @throws NpluskError `USAGE` naming the invalid option
 */
export function hintsOf(options: InputOptions): InputHints {
  const { mean, std, channels, size, crop, interpolation } = options
  checkTriple('mean', mean, (value) => value >= 0 && value <= 255, 'from 0 to 255')
  checkTriple('std', std, (value) => value > 0 && value <= 255, 'above 0, at most 255')
  if (typeof crop === 'number' && !(crop > 0 && crop <= 1)) {
    throw new NpluskError('USAGE', `crop must be 'squash' or a fraction above 0 and at most 1, not ${crop}.`)
  }
  if (size && !(isSide(size.width) && isSide(size.height))) {
    throw new NpluskError(
      'USAGE',
      `size must be whole numbers of pixels from 1 to 4096, not ${size.width}x${size.height}.`,
    )
  }
  return {
    ...(mean || std
      ? {
          scale: [...(mean ?? []), ...(std ?? [])].some((value) => value > 1) ? 255 : 1,
          mean: mean ?? [0],
          std: std ?? [1],
        }
      : {}),
    ...(channels ? { channels } : {}),
    ...(size ?? {}),
    ...(crop === undefined
      ? {}
      : crop === 'squash'
        ? { resize: 'squash', cropFraction: 1 }
        : { resize: 'shorter', cropFraction: crop }),
    ...(interpolation ? { interpolation } : {}),
  }
}

/**
 * Adapts hints about values to a number of channels: one number stands for all three channels, three equal ones for a
 * single channel.
 *
 * @returns `undefined` where the model has one channel and the hints name an order of colours, or differ between them
 */
export function forChannels(hints: InputHints, count: number): InputHints | undefined {
  const { mean, std, channels, ...rest } = hints
  const repeated = (values: readonly number[]) => (values.length === count ? values : [0, 1, 2].map(() => values[0]!))
  if (count !== 1) return { ...hints, ...(mean && { mean: repeated(mean) }), ...(std && { std: repeated(std) }) }
  const differ = [mean, std].some((values) => values?.some((value) => value !== values[0]))
  if (differ || channels === 'BGR') return undefined
  return { ...rest, channels: 'L', ...(mean && { mean: [mean[0]!] }), ...(std && { std: [std[0]!] }) }
}

function checkTriple(
  name: string,
  values: readonly number[] | undefined,
  isAllowed: (value: number) => boolean,
  range: string,
): void {
  if (values === undefined || ([1, 3].includes(values.length) && values.every(isAllowed))) return
  throw new NpluskError('USAGE', `${name} must be one number or three ${range}, not ${values.join(',')}.`)
}

function isSide(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 4096
}
