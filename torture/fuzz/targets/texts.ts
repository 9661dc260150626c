import { readThresholds } from '../../../src/classes/threshold-file.js'
import { thresholdsByColumn } from '../../../src/classes/thresholds.js'
import { decodeModel } from '../../../src/onnx/model.js'
import { nameColumns } from '../../../src/preprocessing/describe/class-names.js'
import { readCompanions } from '../../../src/preprocessing/describe/companions.js'
import { namesInLabelFile } from '../../../src/preprocessing/describe/label-files.js'
import { headModel, heads } from '../../../test/support/tiny-models/heads.js'
import { encodeModel } from '../../../src/onnx/model.js'
import { bytesMutator } from '../mutate/bytes.js'
import { mutateJson } from '../mutate/json.js'
import { fileReader } from './reader.js'

const model = decodeModel(encodeModel(headModel(Object.keys(heads)[0]!).model))
const json = (...values: unknown[]) => values.map((value) => JSON.stringify(value))

/** The configuration of a processor beside a model. */
export const processor = fileReader(
  'processor',
  'preprocessor_config.json',
  () =>
    json(
      {
        image_processor_type: 'ViTImageProcessor',
        ...{
          do_resize: true,
          size: { height: 224, width: 224 },
          resample: 2,
          do_rescale: true,
          rescale_factor: 1 / 255,
        },
        ...{ do_normalize: true, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] },
      },
      { feature_extractor_type: 'ConvNextFeatureExtractor', size: 224, crop_pct: 0.875, resample: 3 },
      { image_processor_type: 'LevitImageProcessor', size: { shortest_edge: 256 }, crop_size: [224, 224] },
    ),
  mutateJson,
  (path) => readCompanions(path.replace('preprocessor_config.json', 'model.onnx'), model),
)

/** The configuration of a model beside it. */
export const config = fileReader(
  'config',
  'config.json',
  () =>
    json(
      { id2label: { 0: 'cat', 1: 'dog' }, label2id: { cat: 0, dog: 1 }, model_type: 'vit' },
      {
        pretrained_cfg: { input_size: [3, 224, 224], crop_pct: 0.9, interpolation: 'bicubic', crop_mode: 'center' },
        label_names: ['cat', 'dog'],
      },
      { input_size: [3, 8, 8], mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], crop_mode: 'squash' },
    ),
  mutateJson,
  async (path) => {
    const { names } = await readCompanions(path.replace('config.json', 'model.onnx'), model)
    for (const found of names) await nameColumns(found.names.length, found)
  },
)

const words = ['"', ',', '\n', '\r\n', '\ufeff', 'n01440764 ', '\u0000', '{"0":', '[["', '\xff\xfe', ' '.repeat(300)]

/** Class names in a file of their own. */
export const labels = fileReader(
  'labels',
  'labels.txt',
  () => [
    'cat\ndog\nn02085620 Chihuahua\n',
    '0 cat\n1 dog\n2 bird\n',
    '0: "cat",\n1: "dog",\n2: "bird",\n',
    ...json(
      ['cat', 'dog', 'bird'],
      { 0: ['n01440764', 'tench'], 1: 'dog', 2: 'bird' },
      { class_to_idx: { a: 0, b: 1 } },
    ),
  ],
  (input, random, other) => (random.next() < 0.5 ? mutateJson : bytesMutator(words))(input, random, other),
  async (path) => nameColumns(3, await namesInLabelFile(path, 3)),
)

/** Thresholds by label in a file. */
export const thresholds = fileReader(
  'thresholds',
  'thresholds.csv',
  () => ['label,threshold\n"roses, red",0.4\ndaisy,0.5\n', ...json({ daisy: 0.4, 'roses, red': 0.5 })],
  (input, random, other) => (random.next() < 0.3 ? mutateJson : bytesMutator(words))(input, random, other),
  async (path) => {
    const labels = ['daisy', 'roses, red'].map((label, index) => ({ index, label, increment: 'flowers' }))
    thresholdsByColumn(await readThresholds(path), { labels, baseCount: 0, heldOut: [] })
  },
)
