import { NpluskError } from '../../core/errors.js'
import type { Preprocess } from '../../image/types.js'
import { largestSide, type InputHints } from '../../backbone/hints.js'

type Json = Readonly<Record<string, unknown>>

/** Interpolation by the code of Pillow's resampling filter. */
const resampling: readonly Preprocess['interpolation'][] = [
  'nearest',
  'lanczos',
  'bilinear',
  'bicubic',
  'bilinear',
  'bilinear',
]

/** Old processors that take a lone `size` as the shorter side; all others squash to it. */
const shorterSided = /ConvNext|CLIP|Levit|MobileNet|MobileViT|PoolFormer|ResNet|RegNet|Van/i

/** Below this size, ConvNeXt's processor crops; from it on, it squashes. */
const squashedFrom = 384

/**
 * Reads Hugging Face's `preprocessor_config.json`.
 *
 * @param file named in errors
 * @throws NpluskError `BAD_INPUT` for a field of the wrong type, or a value that no model can want
 */
export function readPreprocessorConfig(json: Json, file: string): InputHints {
  return { ...sizesOf(json, file), ...interpolationOf(json.resample), ...normalisationOf(json, file) }
}

function normalisationOf(json: Json, file: string): InputHints {
  const factor = json.do_rescale === false ? 1 : (json.rescale_factor ?? 1 / 255)
  if (typeof factor !== 'number') throw invalid(file, 'rescale_factor')
  const channels = json.do_flip_channel_order === true ? 'BGR' : 'RGB'
  // Rounded, so that 255 · (1/255) is exactly 1.
  const scale = Math.round(factor * 255 * 1e6) / 1e6
  if (!(scale > 0 && scale < Infinity)) throw invalid(file, 'rescale_factor')
  const offset = json.rescale_offset === true ? 1 : 0
  // What a processor leaves out is written as `null`.
  const { do_normalize: normalises, image_mean: given } = json
  const isNormalised = normalises !== false && normalises !== null && given !== undefined && given !== null
  const mean = (isNormalised ? triple(json.image_mean, file, 'image_mean') : [0, 0, 0]).map((value) => value + offset)
  let std = isNormalised ? deviations(json.image_std, file, 'image_std') : [1, 1, 1]
  // EfficientNet's processor divides by the standard deviation a second time.
  if (json.include_top === true && /EfficientNet/.test(typeOf(json))) std = std.map((value) => value * value)
  return { channels, scale, mean, std }
}

function sizesOf(json: Json, file: string): InputHints {
  const { size, crop_size: cropSize } = json
  const cropShare = shareOf(json, file)
  const crops = json.do_center_crop === true || (json.do_center_crop === undefined && cropSize !== undefined)
  const crop = crops ? sidesOf(cropSize, file, 'crop_size') : undefined
  if (json.do_resize === false) return crop ? { ...crop, resize: 'shorter', cropFraction: 1 } : {}
  const shortest = shortestOf(size, typeOf(json), file)
  if (shortest !== undefined) {
    if (cropShare !== undefined && crop === undefined) {
      const square = { width: shortest, height: shortest }
      return shortest < squashedFrom
        ? { ...square, resize: 'shorter', cropFraction: cropShare }
        : { ...square, resize: 'squash', cropFraction: 1 }
    }
    if (/^Le[Vv]i[Tt]/.test(typeOf(json))) {
      return { width: shortest, height: shortest, resize: 'shorter', cropFraction: 224 / 256 }
    }
    const sides = crop ?? { width: shortest, height: shortest }
    return { ...sides, resize: 'shorter', cropFraction: share(Math.min(sides.width, sides.height), shortest) }
  }
  const sides = sidesOf(size, file, 'size')
  if (sides === undefined) return crop ? { ...crop, resize: 'shorter', cropFraction: 1 } : {}
  if (crop) return { ...crop, resize: 'squash', cropFraction: share(crop.width, sides.width) }
  if (cropShare !== undefined) return { ...sides, resize: 'shorter', cropFraction: cropShare }
  return { ...sides, resize: 'squash', cropFraction: 1 }
}

/** The length of the shorter side after resizing, where `size` gives it. */
function shortestOf(size: unknown, type: string, file: string): number | undefined {
  if (typeof size === 'number') return shorterSided.test(type) ? side(size, file, 'size') : undefined
  const shortest = (size as Json | null | undefined)?.shortest_edge
  return typeof shortest === 'number' ? side(shortest, file, 'size') : undefined
}

/** A size given as `224`, `[height, width]`, `{height, width}` or `{shortest_edge}`. */
function sidesOf(size: unknown, file: string, field: string): { width: number; height: number } | undefined {
  if (size === undefined || size === null) return undefined
  if (Array.isArray(size)) return { width: side(size[1], file, field), height: side(size[0], file, field) }
  const { height, width, shortest_edge: shortest } = size as Json
  if (typeof height === 'number' && typeof width === 'number') {
    return { width: side(width, file, field), height: side(height, file, field) }
  }
  const both = side(typeof size === 'number' ? size : shortest, file, field)
  return { width: both, height: both }
}

/**
 * Reads timm's `pretrained_cfg` from a `config.json`.
 *
 * @param file named in errors
 * @throws NpluskError `BAD_INPUT` for a field of the wrong type, or a value that no model can want
 */
export function readTimmConfig(json: Json, file: string): InputHints {
  const { input_size: size } = json
  const interpolation = json.interpolation === 'random' ? 'bilinear' : json.interpolation
  return {
    ...(Array.isArray(size)
      ? { width: side(size[2], file, 'input_size'), height: side(size[1], file, 'input_size') }
      : {}),
    resize: json.crop_mode === 'squash' ? 'squash' : 'shorter',
    cropFraction: shareOf(json, file) ?? 0.875,
    ...(interpolation === 'bilinear' || interpolation === 'bicubic' || interpolation === 'nearest'
      ? { interpolation }
      : {}),
    channels: 'RGB',
    scale: 1,
    mean: triple(json.mean, file, 'mean'),
    std: deviations(json.std, file, 'std'),
  }
}

function interpolationOf(code: unknown): InputHints {
  const interpolation = typeof code === 'number' ? resampling[code] : undefined
  return interpolation ? { interpolation } : {}
}

function triple(value: unknown, file: string, field: string): number[] {
  // A model with one channel has a single value.
  if (Array.isArray(value) && [1, 3].includes(value.length) && value.every(Number.isFinite)) return value as number[]
  throw invalid(file, field)
}

/** Three values that are divided by. */
function deviations(value: unknown, file: string, field: string): number[] {
  const std = triple(value, file, field)
  if (std.every((one) => one > 0)) return std
  throw invalid(file, field)
}

function side(value: unknown, file: string, field: string): number {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= largestSide) return value as number
  throw invalid(file, field)
}

/** The side of the central crop as a fraction of the picture's, where it is given. */
function shareOf({ crop_pct: cropped }: Json, file: string): number | undefined {
  if (cropped === undefined || cropped === null) return undefined
  if (typeof cropped === 'number' && cropped > 0 && cropped <= 1) return cropped
  throw invalid(file, 'crop_pct')
}

function share(inner: number, outer: number): number {
  return Math.min(1, inner / outer)
}

function typeOf({ image_processor_type: type, feature_extractor_type: older }: Json): string {
  return typeof type === 'string' ? type : typeof older === 'string' ? older : ''
}

function invalid(file: string, field: string): NpluskError {
  return new NpluskError('BAD_INPUT', `The field ${field} in ${file} is not as it should be; mend or remove the file.`)
}
