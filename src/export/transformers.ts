import { tensorNames } from '../backbone/tensor-names.js'
import { cloneModel, encodeModel, type LoadedModel } from '../onnx/model.js'
import { NpluskError } from '../core/errors.js'
import type { Preprocess } from '../image/types.js'
import type { ModelCard } from './card.js'
import { exportedFolder, json, type ExportFiles } from './files.js'

/** Longest side, in pixels, to which larger images are reduced before they become floats, at 12 bytes per pixel. */
const longestSide = 2048

/** Pillow's code for the only filter with which the library avoids aliasing. */
const lanczos = 1

/**
 * The files of a folder in Hugging Face's layout, which `pipeline('image-classification', FOLDER)` of
 * `@huggingface/transformers` opens.
 *
 * @param model with float input, preferably of any size
 * @throws NpluskError `BAD_INPUT` for preprocessing that neither the graph nor the layout can express
 */
export function transformersFiles(model: LoadedModel, card: ModelCard): ExportFiles {
  const files = new Map<string, Uint8Array | string>([
    ['config.json', json(config(card))],
    ['preprocessor_config.json', json(card.input.size === 'any' ? preparation : libraryPreparation(card.preprocess))],
    ['onnx/model.onnx', encodeModel(logitsAlone(model))],
  ])
  return exportedFolder(card, files)
}

function config({ labels, base }: ModelCard): object {
  return {
    _name_or_path: base.name,
    // The library accepts only known types, and treats all classifiers alike: pixel_values in, logits out.
    model_type: 'resnet',
    architectures: ['ResNetForImageClassification'],
    id2label: Object.fromEntries(labels.map(({ label }, index) => [index, label])),
    label2id: Object.fromEntries(labels.map(({ label }, index) => [label, index])),
    problem_type: 'single_label_classification',
    // Without this, the library looks for an 8-bit model under another name in browsers.
    'transformers.js_config': { dtype: 'fp32' },
  }
}

/** Pixel values for float input; the base model's mean and standard deviation are in the graph. */
const values = { do_convert_rgb: true, do_rescale: true, rescale_factor: 1 / 255, do_normalize: false }

/** What remains for the library where the graph crops and resizes; the library's own way is up to a pixel off. */
const preparation = {
  ...values,
  image_processor_type: 'DonutImageProcessor',
  do_resize: false,
  do_align_long_axis: false,
  do_pad: false,
  // Reduces large images, and leaves the others as they are.
  do_thumbnail: true,
  size: { width: longestSide, height: longestSide },
  resample: lanczos,
}

/** The library's own cropping and resizing, for graphs whose opset is too old for it. */
function libraryPreparation({ width, height, resize, cropFraction }: Preprocess): object {
  if (resize === 'shorter' && width !== height) {
    throw new NpluskError(
      'BAD_INPUT',
      `The model crops its pictures to ${width}x${height}, which this layout cannot say of an old graph; export it as onnx.`,
    )
  }
  const outer = (side: number) => Math.round(side / cropFraction)
  return {
    ...values,
    image_processor_type: 'CLIPImageProcessor',
    do_resize: true,
    size: resize === 'shorter' ? { shortest_edge: outer(width) } : { width: outer(width), height: outer(height) },
    resample: lanczos,
    do_center_crop: true,
    crop_size: { width, height },
  }
}

function logitsAlone(original: LoadedModel): LoadedModel {
  const model = cloneModel(original)
  const { graph } = model
  graph.output = graph.output.filter(({ name }) => name === tensorNames.logits)
  graph.node = graph.node.filter(({ output }) => !output.includes(tensorNames.probabilities))
  return model
}
