import { NpluskError } from '../core/errors.js'
import type { Preprocess } from '../image/types.js'
import { tensorNames } from '../model/tensor-names.js'
import { cloneModel, encodeModel, type LoadedModel } from '../onnx/model.js'
import type { ModelCard } from './card.js'
import { cardEntry, json, type ExportFiles } from './files.js'

/**
 * A folder in Hugging Face's layout, which `pipeline('image-classification', FOLDER)` of `@huggingface/transformers` opens.
 *
 * @param model with float input
 * @throws NpluskError `BAD_INPUT` for preprocessing that the layout cannot say
 */
export function transformersFiles(model: LoadedModel, card: ModelCard): ExportFiles {
  return new Map<string, Uint8Array | string>([
    ['config.json', json(config(card))],
    ['preprocessor_config.json', json(preprocessorConfig(card.preprocess))],
    ['onnx/model.onnx', encodeModel(logitsAlone(model))],
    cardEntry(card),
  ])
}

function config({ labels, base }: ModelCard): object {
  return {
    _name_or_path: base.name,
    // The library takes only types that it knows, and treats all classifiers alike: pixel_values in, logits out.
    model_type: 'resnet',
    architectures: ['ResNetForImageClassification'],
    id2label: Object.fromEntries(labels.map(({ label }, index) => [index, label])),
    label2id: Object.fromEntries(labels.map(({ label }, index) => [label, index])),
    problem_type: 'single_label_classification',
    // In a browser it would look for an 8-bit model under another name.
    'transformers.js_config': { dtype: 'fp32' },
  }
}

/** What a pipeline does before it runs the graph, in which the base model's mean and deviation are. */
export function preprocessorConfig({ width, height, resize, cropFraction, interpolation }: Preprocess): object {
  const outer = (side: number) => Math.round(side / cropFraction)
  if (resize === 'shorter' && width !== height) {
    throw new NpluskError(
      'BAD_INPUT',
      `The model crops its pictures to ${width}x${height}, and this layout can only crop to a square; export it as onnx.`,
    )
  }
  return {
    image_processor_type: 'CLIPImageProcessor',
    do_convert_rgb: true,
    do_resize: true,
    size: resize === 'shorter' ? { shortest_edge: outer(width) } : { width: outer(width), height: outer(height) },
    resample: resampling[interpolation],
    do_center_crop: true,
    crop_size: { width, height },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: false,
  }
}

/** Codes of Pillow's filters. */
const resampling: Record<Preprocess['interpolation'], number> = { nearest: 0, lanczos: 1, bilinear: 2, bicubic: 3 }

function logitsAlone(original: LoadedModel): LoadedModel {
  const model = cloneModel(original)
  const { graph } = model
  graph.output = graph.output.filter(({ name }) => name === tensorNames.logits)
  graph.node = graph.node.filter(({ output }) => !output.includes(tensorNames.probabilities))
  return model
}
