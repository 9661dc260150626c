import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileBackbone } from '../../src/classifier/file-backbone.js'
import { pinFolder } from '../../src/classifier/open-backbone.js'
import { node } from '../../src/onnx/build.js'
import { decodeModel, encodeModel } from '../../src/onnx/model.js'
import { floatTensor } from '../../src/onnx/tensor.js'
import { inspectModel } from '../../src/workflow/inspect.js'
import { loadImage } from '../../src/image/decode.js'
import { logitsOfBoth } from '../support/base-logits.js'

const models = '../shared/models'
const photographs = '../shared/data/imagenet-1-per-class'
const isHere = existsSync(models) && existsSync(photographs)
const testHere = isHere ? test : test.skip
const title = isHere
  ? 'four published models'
  : `four published models (skipped: ${models} or ${photographs} is not here)`

const imagenet = {
  convention: 'ImageNet mean and std',
  values: { channels: 'RGB', scale: 1, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
}
const caffe = {
  convention: 'Caffe, BGR minus mean',
  values: { channels: 'BGR', scale: 255, mean: [104, 117, 123], std: [1, 1, 1] },
}

/** What `models/README.md` says of each file. */
const expected: Record<string, object> = {
  'squeezenet1.1_onnxzoo_fp32.onnx': {
    head: { kind: 'Conv1x1', logits: 'squeezenet0_flatten0_reshape0' },
    bottleneck: { size: 512 },
    preprocess: imagenet,
  },
  'squeezenet_fp16_winml.onnx': {
    head: { node: 'conv10_1', kind: 'Conv1x1', logits: 'pool10_1' },
    bottleneck: { tensor: 'fire9/concat_1', size: 512 },
    input: { type: 'float16', batch: 1 },
    preprocess: caffe,
  },
  'mobilenet_v2_torchvision.onnx': {
    head: { node: 'node_linear', kind: 'Gemm', logits: 'class_logits' },
    bottleneck: { size: 1280 },
    input: { type: 'float32', batch: 1 },
    preprocess: imagenet,
  },
  'densenet121_keras_fp32.onnx': {
    head: { kind: 'Gemm', logits: 'logits' },
    bottleneck: { size: 1024 },
    preprocess: imagenet,
  },
}

let folder: string
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'nplusk-'))))
afterAll(() => rm(folder, { recursive: true }))

describe(title, () => {
  testHere.each(Object.entries(expected))(
    '%s: head, bottleneck and preprocessing with no option',
    async (name, what) => {
      const found = await inspectModel({ file: join(models, name), cacheDir: join(folder, `drawings-${name}`) })
      expect(found).toMatchObject({
        classes: 1000,
        background: false,
        labels: { source: 'the order of ImageNet' },
        logitChange: 0,
        ...what,
      })
      // Drawings are not photographs: it is right, and still said to be a guess.
      expect(found.preprocess).toMatchObject({ source: 'trial', sure: false, trial: { photographs: 0 } })
    },
  )

  testHere.each(Object.entries(expected))('%s: preprocessing on photographs', async (name, what) => {
    const { preprocess } = await inspectModel({
      file: join(models, name),
      images: photographs,
      cacheDir: join(folder, `photographs-${name}`),
    })
    expect(preprocess).toMatchObject((what as { preprocess: object }).preprocess)
    expect(preprocess.trial).toMatchObject({ drawings: 0, added: 0 })
    // Their names hold WordNet ids: they are judged by their right answers, 24 where these tell, else more.
    expect(preprocess.trial!.photographs).toBeGreaterThanOrEqual(24)
    expect(preprocess.trial!.labelled).toBe(preprocess.trial!.photographs)
    expect(preprocess.sure).toBe(true)
  })

  testHere.each(Object.keys(expected))('%s: the old logits are the file’s own, bit for bit', async (name) => {
    const file = join(models, name)
    // The first test has found its preprocessing out.
    const { backbone } = await fileBackbone(file, { pins: pinFolder(join(folder, `drawings-${name}`)) })
    const pixels = await loadImage(join(photographs, 'n01440764.jpg'), backbone.preprocess)
    const { original, prepared } = await logitsOfBoth(
      decodeModel(readFileSync(file)),
      decodeModel(backbone.graph),
      pixels,
      224,
      224,
    )
    expect(prepared).toEqual(original)
    expect(prepared.indexOf(Math.max(...prepared))).toBe(0)
  })

  // The same network behind other conventions: x' = scale · x + shift turns what it is given into what it wants.
  testHere.each([
    ['-1..1', [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]],
    ['0..1', [0, 0, 0], [1, 1, 1]],
    ['0..255', [0, 0, 0], [1 / 255, 1 / 255, 1 / 255]],
  ] as const)('a network that wants %s is told from others on photographs', async (convention, mean, std) => {
    const model = decodeModel(readFileSync(join(models, 'squeezenet1.1_onnxzoo_fp32.onnx')))
    const { values } = imagenet
    const input = model.graph.input[0]!.name
    for (const made of model.graph.node) made.input = made.input.map((read) => (read === input ? 'usual' : read))
    const scale = std.map((value, c) => value / values.std[c]!)
    const shift = mean.map((value, c) => (value - values.mean[c]!) / values.std[c]!)
    model.graph.initializer.push(floatTensor('scale', [1, 3, 1, 1], scale), floatTensor('shift', [1, 3, 1, 1], shift))
    model.graph.node.unshift(node('Mul', [input, 'scale'], 'scaled'), node('Add', ['scaled', 'shift'], 'usual'))
    const file = join(folder, 'other.onnx')
    await writeFile(file, encodeModel(model))
    const { preprocess } = await inspectModel({ file, images: photographs, cacheDir: join(folder, convention) })
    expect(preprocess.convention).toBe(convention)
  })
})
