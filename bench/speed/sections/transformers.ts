import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { imagenetClasses } from '../../../src/catalog/imagenet.js'
import { decodeModel, encodeModel } from '../../../src/onnx/model.js'
import { renameTensors } from '../../../src/onnx/rename.js'
import { runChild } from '../child.js'
import { median } from '../rounds.js'
import type { SpeedSection } from '../section.js'
import { withFolder } from '../temporary.js'

const count = 128
const rounds = 5

/** Classifiers with a free batch; the first gives the figure that has a target. */
const models = [
  { file: 'squeezenet1.1_onnxzoo_fp32.onnx', figure: 'vsTransformersJs' },
  { file: 'densenet121_keras_fp32.onnx', figure: 'vsTransformersJsDenseNet' },
]

/**
 * From files to answers, batched, against the image-classification pipeline of transformers.js on the same ONNX file.
 */
export const transformers: SpeedSection = {
  name: 'transformers',
  run: ({ data, say }) =>
    withFolder(async (folder) => {
      const figures: Record<string, number> = {}
      for (const { file, figure } of models) {
        const dir = join(folder, figure)
        await layOut(join(data, '..', 'models', file), dir)
        const seconds = { nplusk: [] as number[], transformers: [] as number[] }
        for (let round = 0; round < rounds; round++) {
          for (const program of ['nplusk', 'transformers'] as const) {
            const args = [program, dir, join(data, 'imagenet-1-per-class'), String(count)]
            seconds[program].push(await runChild<number>('bench/speed/predict-files.js', args))
          }
        }
        const rate = (program: keyof typeof seconds) => (count / median(seconds[program])).toFixed(1)
        say(`transformers: ${file}, ${rate('nplusk')} images a second, transformers.js ${rate('transformers')}`)
        figures[figure] = median(seconds.transformers) / median(seconds.nplusk)
      }
      return figures
    }),
}

/** A folder as transformers.js expects one; it wants input and output to have names of its own. */
async function layOut(file: string, dir: string): Promise<void> {
  await mkdir(join(dir, 'onnx'), { recursive: true })
  const model = decodeModel(await readFile(file))
  const { input, output, initializer } = model.graph
  const pixels = input.find(({ name }) => !initializer.some((tensor) => tensor.name === name))!
  // An inner tensor may bear the name that the output is to have.
  const names = new Map([
    ['logits', 'inner_logits'],
    [output[0]!.name, 'logits'],
    [pixels.name, 'pixel_values'],
  ])
  renameTensors(model.graph, names)
  await writeFile(join(dir, 'onnx', 'model.onnx'), encodeModel(model))
  const labels = (await imagenetClasses()).map(({ label }, i) => [i, label])
  const config = {
    model_type: 'resnet',
    architectures: ['ResNetForImageClassification'],
    id2label: Object.fromEntries(labels),
  }
  const preprocessor = {
    image_processor_type: 'ConvNextFeatureExtractor',
    do_resize: true,
    size: { shortest_edge: 256 },
    do_center_crop: true,
    crop_size: { height: 224, width: 224 },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: [0.485, 0.456, 0.406],
    image_std: [0.229, 0.224, 0.225],
    resample: 3,
  }
  await writeFile(join(dir, 'config.json'), JSON.stringify(config))
  await writeFile(join(dir, 'preprocessor_config.json'), JSON.stringify(preprocessor))
  // nplusk looks beside the ONNX file.
  for (const name of ['config.json', 'preprocessor_config.json'])
    await copyFile(join(dir, name), join(dir, 'onnx', name))
}
