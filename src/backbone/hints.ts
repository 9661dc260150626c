import { NpluskError } from '../core/errors.js'
import type { Preprocess } from '../image/types.js'
import type { Normalisation } from './normalisation.js'

/** What a user, or a file beside a model, says about its input; whatever is left out is found out. */
export interface InputHints extends Partial<Normalisation>, Partial<Preprocess> {}

/** What the user says about an ONNX classifier, where it is opened, extended, measured or inspected. */
export interface InputOptions {
  /**
   * [3] in the order of `channels`, or [1] for a model with one channel; in 0..1, or in 0..255 where a number in `mean`
   * or `std` is above 1.
   */
  readonly mean?: readonly number[]
  /** As `mean`. */
  readonly std?: readonly number[]
  readonly channels?: 'RGB' | 'BGR'
  /** Order of the input's axes. */
  readonly layout?: 'NCHW' | 'NHWC'
  /** In pixels. */
  readonly size?: { readonly width: number; readonly height: number }
  /** Side of the central crop as a fraction of the picture's; `squash` takes all of it, whatever its shape. */
  readonly crop?: number | 'squash'
  readonly interpolation?: Preprocess['interpolation']
  /** Name, or an output, of the node that makes the class scores. */
  readonly head?: string
  /** Name of the tensor to take as features instead of what the head reads. */
  readonly bottleneck?: string
  /** A file with the names of the model's classes, in the order of its outputs. */
  readonly labels?: string
}

/**
 * The user's options as hints.
 *
 * @throws NpluskError `USAGE` naming the option that is wrong
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
 * What is said of the values, for a model of so many channels: one number stands for all of them, and three equal ones
 * for one.
 *
 * @returns `undefined` where colours are named, or differ, and there is one channel
 */
export function forChannels(hints: InputHints, count: number): InputHints | undefined {
  const { mean, std, channels, ...rest } = hints
  const spread = (values: readonly number[]) => (values.length === count ? values : [0, 1, 2].map(() => values[0]!))
  if (count !== 1) return { ...hints, ...(mean && { mean: spread(mean) }), ...(std && { std: spread(std) }) }
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
