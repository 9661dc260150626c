import type { Preprocess } from '../image/types.js'
import type { InputOptions } from '../backbone/hints.js'
import type { ModelSource } from '../fetch/source.js'

/** A base classifier that can be requested by name. */
export interface KnownModel {
  readonly name: string
  readonly title: string
  readonly source: ModelSource
  /** SPDX identifier. */
  readonly licence: string
  /** `count` includes the background class, if there is one, in column 0. */
  readonly classes: { readonly labels: 'imagenet'; readonly count: number; readonly background: boolean }
  /**
   * Published accuracy on the 50,000 ImageNet validation images, as fractions; `null` where nothing is published for
   * this file.
   */
  readonly accuracy: { readonly top1: number; readonly top5: number | null; readonly source: string } | null
  /** Resizing and cropping, up to uint8 pixels. */
  readonly preprocess: Preprocess
  /** Normalisation of the RGB pixels; `undefined` where the graph takes them as they are. */
  readonly scaling?: Required<Pick<InputOptions, 'mean' | 'std'>>
}

/** The input of a known model, as options that a user could give for an ONNX file. */
export function inputOf({ preprocess, scaling }: KnownModel): InputOptions {
  const { width, height, resize, cropFraction, interpolation } = preprocess
  return {
    ...scaling,
    channels: 'RGB',
    size: { width, height },
    crop: resize === 'squash' ? 'squash' : cropFraction,
    interpolation,
  }
}
