import type { LoadedModel } from '../../onnx/model.js'
import type { InputHints } from '../../backbone/hints.js'

const unit = { scale: 1, mean: [0, 0, 0], std: [1, 1, 1] }

/** Pixel ranges of Windows ML (Microsoft's "ONNX metadata for image features"). */
const ranges: Readonly<Record<string, InputHints>> = {
  NominalRange_0_255: { scale: 255, mean: [0, 0, 0], std: [1, 1, 1] },
  Normalized_0_1: unit,
  Normalized_1_1: { scale: 1, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
}

export function metadataOf({ metadataProps }: LoadedModel): ReadonlyMap<string, string> {
  return new Map(metadataProps.map(({ key, value }) => [key, value]))
}

/** Hints in a model's metadata: Windows ML's fields, and Ultralytics' classifiers, which take 0..1. */
export function metadataHints(model: LoadedModel): InputHints {
  const metadata = metadataOf(model)
  const format = metadata.get('Image.BitmapPixelFormat')
  const isUltralytics = metadata.get('author') === 'Ultralytics' && metadata.get('task') === 'classify'
  return {
    ...(format?.startsWith('Bgr') ? { channels: 'BGR' } : format?.startsWith('Rgb') ? { channels: 'RGB' } : {}),
    ...ranges[metadata.get('Image.NominalPixelRange') ?? ''],
    ...(isUltralytics ? { ...unit, channels: 'RGB', resize: 'shorter', cropFraction: 1 } : {}),
  }
}
