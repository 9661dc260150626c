import { NpluskError } from '../core/errors.js'

/**
 * How a picture becomes a model's input, up to the uint8 pixels; scaling and layout are in the graph. Plain JSON: it is
 * written into ONNX files as `nplusk.preprocess`.
 */
export interface Preprocess {
  /** Pixels, 1..4096. */
  readonly width: number
  /** Pixels, 1..4096. */
  readonly height: number
  /**
   * `squash` stretches the picture to width x height whatever its shape; `shorter` keeps the aspect ratio and cuts off
   * what is too long.
   */
  readonly resize: 'squash' | 'shorter'
  /** Side of the central crop as a fraction of the picture's side, (0, 1]; Inception uses .875. */
  readonly cropFraction: number
  readonly interpolation: 'nearest' | 'bilinear' | 'bicubic' | 'lanczos'
}

/** A variation of a picture: training uses several, prediction only `plainView`. */
export interface View {
  /** Swaps left and right, after everything else. */
  readonly mirror: boolean
  /** The crop, as fractions of the central region that `Preprocess` selects; default all of it. */
  readonly crop?: { readonly left: number; readonly top: number; readonly width: number; readonly height: number }
  /** Rotates the picture clockwise about the centre of the crop; degrees, -45..45. */
  readonly rotate?: number
  /** Factor on the sRGB values; 1 changes nothing. */
  readonly brightness?: number
  /** Factor on how far the values are from the picture's mean grey, which stays; 1 changes nothing. */
  readonly contrast?: number
  /** Factor on how far a pixel's values are from its grey, which stays; 0 makes a grey picture, 1 changes nothing. */
  readonly saturation?: number
}

/** The unchanged picture. */
export const plainView: View = { mirror: false }

const maxSide = 4096

/**
 * Checks a value read from JSON, and returns it as a `Preprocess`.
 *
 * @throws NpluskError `BAD_INPUT` naming the field that is wrong
 */
export function checkPreprocess(value: unknown): Preprocess {
  if (typeof value !== 'object' || value === null) throw invalid('preprocess', 'an object', value)
  const { width, height, resize, cropFraction, interpolation } = value as Preprocess
  if (!isSide(width)) throw invalid('preprocess.width', `an integer in 1..${maxSide}`, width)
  if (!isSide(height)) throw invalid('preprocess.height', `an integer in 1..${maxSide}`, height)
  if (resize !== 'squash' && resize !== 'shorter') throw invalid('preprocess.resize', "'squash' or 'shorter'", resize)
  if (!(cropFraction > 0 && cropFraction <= 1)) throw invalid('preprocess.cropFraction', 'in (0, 1]', cropFraction)
  if (!['nearest', 'bilinear', 'bicubic', 'lanczos'].includes(interpolation)) {
    throw invalid('preprocess.interpolation', "'nearest', 'bilinear', 'bicubic' or 'lanczos'", interpolation)
  }
  return { width, height, resize, cropFraction, interpolation }
}

/** @throws NpluskError `BAD_INPUT` naming the field that is wrong */
export function checkView(view: View): void {
  const { crop, rotate = 0, brightness = 1, contrast = 1, saturation = 1 } = view
  if (crop !== undefined) {
    const { left, top, width, height } = crop
    const isInside =
      left >= 0 && top >= 0 && width > 0 && height > 0 && left + width <= 1 + 1e-9 && top + height <= 1 + 1e-9
    if (!isInside) throw invalid('view.crop', 'a rectangle inside 0..1', crop)
  }
  if (!(Math.abs(rotate) <= 45)) throw invalid('view.rotate', 'in -45..45', rotate)
  if (!(brightness > 0 && brightness < Infinity)) throw invalid('view.brightness', 'above 0', brightness)
  if (!(contrast >= 0 && contrast < Infinity)) throw invalid('view.contrast', '0 or more', contrast)
  if (!(saturation >= 0 && saturation < Infinity)) throw invalid('view.saturation', '0 or more', saturation)
}

function isSide(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= maxSide
}

function invalid(name: string, expected: string, value: unknown): NpluskError {
  return new NpluskError('BAD_INPUT', `${name} must be ${expected}, not ${JSON.stringify(value)}.`)
}
