import type { Preprocess } from '../image/types.js'
import type { InputOptions } from '../backbone/hints.js'
import type { ModelSource } from '../fetch/source.js'

/** A base classifier that can be asked for by name. */
export interface KnownModel {
  readonly name: string
  readonly title: string
  readonly source: ModelSource
  /** SPDX identifier. */
  readonly licence: string
  /** `count` includes the background class, which is column 0 where there is one. */
  readonly classes: { readonly labels: 'imagenet'; readonly count: number; readonly background: boolean }
  /**
   * Fractions, as published, on the 50,000 ImageNet validation images; `null` where nothing is published for this file.
   */
  readonly accuracy: { readonly top1: number; readonly top5: number | null; readonly source: string } | null
  /** Up to the uint8 pixels. */
  readonly preprocess: Preprocess
  /** What an RGB pixel becomes after that; `undefined` where the graph takes it as it is. */
  readonly scaling?: Required<Pick<InputOptions, 'mean' | 'std'>>
}

/** What is known of a model's input, as a user would say it of an ONNX file. */
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
