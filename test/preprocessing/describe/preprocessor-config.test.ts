import { describe, expect, test } from '@jest/globals'
import { readPreprocessorConfig, readTimmConfig } from '../../../src/preprocessing/describe/preprocessor-config.js'

const imagenet = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] }
const half = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] }
const read = (json: object) => readPreprocessorConfig(json as Record<string, unknown>, 'preprocessor_config.json')

/** Configurations published on the Hugging Face hub, and what their processors do. */
const published: Record<string, [object, object]> = {
  'google/vit-base-patch16-224': [
    { do_normalize: true, do_resize: true, ...half, size: 224 },
    { width: 224, height: 224, resize: 'squash', cropFraction: 1, scale: 1, mean: [0.5, 0.5, 0.5] },
  ],
  'ViT with a size of two sides': [
    {
      ...half,
      image_processor_type: 'ViTImageProcessor',
      resample: 2,
      rescale_factor: 0.00392156862745098,
      size: { height: 384, width: 320 },
    },
    { width: 320, height: 384, resize: 'squash', interpolation: 'bilinear', scale: 1 },
  ],
  'microsoft/resnet-50': [
    {
      crop_pct: 0.875,
      do_normalize: true,
      do_resize: true,
      feature_extractor_type: 'ConvNextFeatureExtractor',
      ...imagenet,
      resample: 3,
      size: 224,
    },
    { width: 224, height: 224, resize: 'shorter', cropFraction: 0.875, interpolation: 'bicubic' },
  ],
  'facebook/convnext-tiny-384': [
    {
      crop_pct: 0.95,
      image_processor_type: 'ConvNextImageProcessor',
      ...imagenet,
      resample: 3,
      size: { shortest_edge: 384 },
    },
    { width: 384, height: 384, resize: 'squash', cropFraction: 1 },
  ],
  'facebook/deit-base-distilled-patch16-224': [
    {
      crop_size: 224,
      do_center_crop: true,
      do_resize: true,
      feature_extractor_type: 'DeiTFeatureExtractor',
      ...imagenet,
      resample: 3,
      size: 256,
    },
    { width: 224, height: 224, resize: 'squash', cropFraction: 224 / 256 },
  ],
  'google/mobilenet_v2_1.0_224': [
    {
      crop_size: { height: 224, width: 224 },
      do_center_crop: true,
      image_processor_type: 'MobileNetV2ImageProcessor',
      ...half,
      resample: 2,
      size: { shortest_edge: 256 },
    },
    { width: 224, height: 224, resize: 'shorter', cropFraction: 224 / 256, interpolation: 'bilinear' },
  ],
  'google/efficientnet-b0': [
    {
      do_center_crop: false,
      image_processor_type: 'EfficientNetImageProcessor',
      include_top: true,
      ...half,
      rescale_factor: 1 / 255,
      size: { height: 224, width: 224 },
    },
    { std: [0.25, 0.25, 0.25], mean: [0.5, 0.5, 0.5] },
  ],
  'apple/mobilevit-small': [
    {
      crop_size: 256,
      do_center_crop: true,
      do_flip_channel_order: true,
      feature_extractor_type: 'MobileViTFeatureExtractor',
      resample: 2,
      size: 288,
    },
    {
      channels: 'BGR',
      width: 256,
      resize: 'shorter',
      cropFraction: 256 / 288,
      scale: 1,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    },
  ],
  'no rescaling': [
    { do_rescale: false, do_normalize: false, size: 224 },
    { scale: 255, mean: [0, 0, 0] },
  ],
  'no rescaling, with what is left out written as null': [
    { do_rescale: false, do_normalize: null, image_mean: null, image_std: null, size: 224 },
    { scale: 255, mean: [0, 0, 0] },
  ],
  'rescaled to -1..1 with an offset': [
    { rescale_factor: 1 / 127.5, rescale_offset: true, do_normalize: false, size: 224 },
    { scale: 2, mean: [1, 1, 1], std: [1, 1, 1] },
  ],
}

describe('preprocessor_config.json of', () => {
  test.each(Object.entries(published))('%s', (_, [json, expected]) => {
    expect(read(json)).toMatchObject(expected)
  })

  test('a field of the wrong kind is named', () => {
    expect(() => read({ ...imagenet, image_std: [1, 2] })).toThrow(
      'The field image_std in preprocessor_config.json is not as it should be; mend or remove the file.',
    )
    expect(() => read({ rescale_factor: '1/255' })).toThrow(/field rescale_factor/)
    expect(() => read({ size: { longest_edge: 3 } })).toThrow(/field size/)
  })

  test.each<[string, object]>([
    ['size', { size: 100_000 }],
    ['size', { size: 224.5 }],
    ['size', { size: { height: 224, width: 0 } }],
    ['size', { size: [224, 1025] }],
    ['size', { size: { shortest_edge: 2000 } }],
    ['size', { size: 2000, feature_extractor_type: 'CLIPFeatureExtractor' }],
    ['crop_size', { size: 256, crop_size: 1025 }],
    ['crop_pct', { size: 224, crop_pct: 0 }],
    ['crop_pct', { size: 224, crop_pct: 1.5 }],
    ['crop_pct', { size: 224, crop_pct: '0.9' }],
    ['image_std', { ...imagenet, image_std: [0, 0, 0] }],
    ['image_std', { ...imagenet, image_std: [0.2, -0.2, 0.2] }],
    ['rescale_factor', { rescale_factor: 0 }],
    ['rescale_factor', { rescale_factor: 1e-12 }],
    ['rescale_factor', { rescale_factor: Infinity }],
  ])('a value that no model can want is refused by its name: %s in %j', (field, json) => {
    expect(() => read(json)).toThrow(`The field ${field} in preprocessor_config.json is not as it should be`)
  })
})

test("timm's pretrained_cfg", () => {
  const json = {
    input_size: [3, 288, 320],
    interpolation: 'bicubic',
    crop_pct: 1,
    mean: [0.5, 0.5, 0.5],
    std: [1, 1, 1],
  }
  expect(readTimmConfig(json, 'config.json')).toEqual({
    width: 320,
    height: 288,
    resize: 'shorter',
    cropFraction: 1,
    interpolation: 'bicubic',
    channels: 'RGB',
    scale: 1,
    mean: [0.5, 0.5, 0.5],
    std: [1, 1, 1],
  })
})

test.each<[string, object]>([
  ['input_size', { input_size: [3, 224] }],
  ['input_size', { input_size: [3, 224, 100_000] }],
  ['input_size', { input_size: [3, 224.5, 224] }],
  ['crop_pct', { crop_pct: 0 }],
  ['std', { std: [0, 0, 0] }],
])("timm's pretrained_cfg without a usable %s: %j", (field, json) => {
  const right = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] }
  expect(readTimmConfig(right, 'config.json')).toMatchObject({ cropFraction: 0.875 })
  expect(() => readTimmConfig({ ...right, ...json }, 'config.json')).toThrow(
    `The field ${field} in config.json is not as it should be`,
  )
})
