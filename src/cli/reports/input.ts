import { valuesOf } from '../../preprocessing/input-record.js'
import type { ExtendResult } from '../../workflow/extend.js'
import { percent } from '../format.js'

export { valuesOf }

type Preprocess = ExtendResult['preprocess']

/** The preparation of an image before its pixels are scaled. */
export function resizing({ width, height, resize, cropFraction, interpolation }: Preprocess): string {
  const crop = cropFraction < 1 ? `, central ${percent(cropFraction)}` : ''
  return `to ${width}x${height}, ${resize === 'squash' ? 'whatever the shape' : 'shape kept'}${crop}, ${interpolation}`
}

/** The origin of a setting. */
export function sizeEvidence(source: string): string {
  if (source === 'usual') return 'usual; nothing beside the file says'
  if (source === 'known') return 'as it is known to want them'
  return source === 'options' ? 'as the options say' : `from ${source}`
}
