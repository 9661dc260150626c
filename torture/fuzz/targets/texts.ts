import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkRecord, recordFileOf, type RunRecord } from '../../../src/answers/run-record.js'
import { takeUp } from '../../../src/answers/take-up.js'
import { writtenAnswers } from '../../../src/answers/written-answers.js'
import { readThresholds } from '../../../src/classes/threshold-file.js'
import { thresholdsByColumn } from '../../../src/classes/thresholds.js'
import { intactFiles, readPin, writePin, type HubPin } from '../../../src/fetch/hub-pin.js'
import { chooseModel } from '../../../src/fetch/hub-files.js'
import { decodeModel } from '../../../src/onnx/model.js'
import { nameColumns } from '../../../src/preprocessing/describe/class-names.js'
import { readCompanions } from '../../../src/preprocessing/describe/companions.js'
import { namesInLabelFile } from '../../../src/preprocessing/describe/label-files.js'
import { pinOf } from '../../../src/preprocessing/pinned-input.js'
import { checkJob } from '../../../src/queue/check-job.js'
import { checkAnswersOutcome, checkFeaturesOutcome } from '../../../src/queue/check-outcome.js'
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

const hash = 'a'.repeat(64)
const preprocess = { width: 8, height: 8, resize: 'squash', cropFraction: 1, interpolation: 'bilinear' } as const

/** What a worker takes out of Redis. */
export const job = fileReader(
  'job',
  'job.json',
  () =>
    json(
      {
        kind: 'features',
        graph: hash,
        backbone: 'x',
        preprocess,
        images: [{ file: '/a', hash, views: [{ mirror: false }] }],
      },
      {
        ...{ kind: 'answers', graph: hash, preprocess, oneByOne: false, classes: 5, columns: 3 },
        images: [{ path: '/a', hash, name: 'a' }],
      },
    ),
  mutateJson,
  (_, input) => checkJob(parsed(input)),
)

/** What a sender gets back. */
export const outcome = fileReader(
  'outcome',
  'outcome.json',
  () =>
    json({ computed: 1, unreadable: [{ file: '/a', reason: 'gone' }] }, [
      [
        [0, 0.9],
        [1, 0.1],
      ],
      { error: 'gone' },
    ]),
  mutateJson,
  (_, input) => {
    const value = parsed(input)
    if (!Array.isArray(value)) return checkFeaturesOutcome(value, ['/a'])
    const image = { path: '/a', hash, name: 'a' }
    return checkAnswersOutcome(value, { images: [image, image], classes: 3, columns: 2 })
  },
)

const pinned = { sha256: hash, bytes: 3, changed: 1 }

/** What a name of the hub referred to. */
export const pin = fileReader(
  'pin',
  'pin.json',
  () =>
    json({
      commit: 'b'.repeat(40),
      path: 'onnx/model.onnx',
      files: { 'onnx/model.onnx': pinned, 'config.json': pinned },
    }),
  mutateJson,
  async (path) => {
    // With a checksum that fits what was changed, so that fuzzing comes further than it.
    const changed = await readFile(path, 'utf8')
    try {
      await writePin(path, JSON.parse(changed) as HubPin)
    } catch {
      // No JSON: it is read as it is.
    }
    const found = await readPin(path)
    if (found === undefined || found === 'damaged') return
    await intactFiles(join(path, '..'), found.files)
    chooseModel([{ type: 'file', path: found.path, size: 1, oid: '' }], 'a/b')
  },
)

/** What a trial of preprocessing found. */
export const trial = fileReader(
  'trial',
  `${hash.slice(0, 16)}-0000000000000000.json`,
  () => json({ key: hash, check: hash, trial: { margin: null, photographs: 1, added: 0, drawings: 0 } }),
  mutateJson,
  (path) => pinOf(join(path, '..'), hash, {}).read(),
)

const answer = (file: string) => JSON.stringify({ file, predictions: [{ index: 0, label: 'cat', probability: 1 }] })

/** Answers of an earlier run, gone on with. */
export const answers = fileReader(
  'answers',
  'answers.jsonl',
  () => [`${answer('a.jpg')}\n${JSON.stringify({ file: 'b.jpg', error: 'gone' })}\n${answer('c.jpg')}\n`],
  (input, random, other) =>
    (random.next() < 0.3 ? mutateJson : bytesMutator(['\n', '\r\n', 'a.jpg', '{}']))(input, random, other),
  async (path, input) => {
    const pictures = (async function* () {
      for (const file of ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg']) yield await Promise.resolve({ file, key: file })
    })()
    await takeUp(path, writtenAnswers(path, input.length), pictures)
  },
)

const run: RunRecord = {
  format: 1,
  model: { revision: 1, id: 'x' },
  provider: 'cpu',
  top: 5,
  reject: null,
  thresholds: null,
  shard: null,
}

/** What made a file of answers. */
export const runRecord = fileReader(
  'run-record',
  'answers.jsonl.run.json',
  () => json(run, { ...run, reject: 0.05, thresholds: { daisy: 0.4 }, shard: { index: 1, count: 2 } }),
  mutateJson,
  (path) => {
    const file = path.replace('.run.json', '')
    if (recordFileOf(file) !== path) throw new Error('The record lies elsewhere by now.')
    return checkRecord(file, run)
  },
)

/** BullMQ parses what stands in Redis. */
function parsed(input: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(input).toString())
  } catch {
    return undefined
  }
}
