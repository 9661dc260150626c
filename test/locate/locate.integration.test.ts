import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { NpluskError } from '../../src/core/errors.js'
import { createRandom } from '../../src/math/random.js'
import { freeBatch, headWeights, locateHead } from '../../src/locate/locate.js'
import { decodeModel } from '../../src/onnx/model.js'
import { processorTime } from '../support/processor-time.js'

const folder = '../shared/models'
const nchw = { layout: 'NCHW', width: 224, height: 224, channels: 3 }

/** What `models/README.md` says of each file. */
const expected: Record<string, object> = {
  'densenet121_keras_fp32.onnx': {
    input: { ...nchw, type: 'float32', batch: 'free' },
    kind: 'Gemm',
    logits: 'logits',
    probabilities: 'probs',
    logitsShape: 'flat',
    classes: 1000,
    bottleneck: { size: 1024, axes: [] },
    taps: [{ size: 640 }, { size: 1024 }, { size: 768 }, { size: 992 }],
  },
  'mobilenet_v2_torchvision.onnx': {
    input: { ...nchw, type: 'float32', batch: 1 },
    kind: 'Gemm',
    logits: 'class_logits',
    logitsShape: 'flat',
    classes: 1000,
    bottleneck: { size: 1280, axes: [] },
    taps: [{ size: 64 }, { size: 96 }, { size: 160 }, { size: 160 }],
  },
  'squeezenet1.1_onnxzoo_fp32.onnx': {
    input: { ...nchw, type: 'float32', batch: 'free' },
    kind: 'Conv1x1',
    logits: 'squeezenet0_flatten0_reshape0',
    logitsShape: 'flat',
    classes: 1000,
    bottleneck: { size: 512, axes: [2, 3], channelAxis: 1 },
    taps: [{ size: 256 }, { size: 256 }, { size: 384 }, { size: 512 }],
  },
  'squeezenet_fp16_winml.onnx': {
    input: { ...nchw, type: 'float16', batch: 1 },
    kind: 'Conv1x1',
    head: 'conv10_1',
    logits: 'pool10_1',
    probabilities: 'softmaxout_1',
    logitsShape: 'spatial',
    classes: 1000,
    bottleneck: {
      tensor: 'fire9/concat_1',
      size: 512,
      axes: [2, 3],
      channelAxis: 1,
    },
    taps: [{ size: 256 }, { size: 256 }, { size: 384 }, { size: 512 }],
  },
}

const testHere = existsSync(folder) ? test : test.skip
const title = existsSync(folder)
  ? 'of four published models'
  : `of four published models (skipped: ${folder} is not here)`

describe(title, () => {
  testHere.each(Object.entries(expected))(
    '%s: head, bottleneck, input and deeper features are found',
    (file, location) => {
      const model = decodeModel(readFileSync(`${folder}/${file}`))
      const found = locateHead(model)
      expect(found).toMatchObject(location)
      const weights = headWeights(model, found)!
      expect([weights.kernel.length, weights.bias.length]).toEqual([
        found.classes * found.bottleneck.size,
        found.classes,
      ])
      expect(weights.kernel.every(Number.isFinite)).toBe(true)
      expect(locateHead(freeBatch(model)).input.batch).toBe('free')
    },
  )

  testHere.each(Object.keys(expected))(
    '%s: seventy-five damaged copies give a clear error or a sound location, at once',
    (file) => {
      const bytes = new Uint8Array(readFileSync(`${folder}/${file}`))
      const random = createRandom(file)
      for (let round = 0; round < 75; round++) {
        // The structure of a file is at its start or end, around the weights: bits are flipped there, or part of the
        // file is cut off.
        const damaged = round % 5 === 0 ? bytes.slice(0, random.integer(bytes.length)) : bytes.slice()
        for (let flips = 0; flips < 6 && damaged.length > 0; flips++) {
          const at = random.integer(Math.min(damaged.length, 20_000))
          damaged[random.integer(2) === 0 ? at : damaged.length - 1 - at] = random.integer(256)
        }
        const start = processorTime()
        try {
          const model = decodeModel(damaged)
          const found = locateHead(model)
          headWeights(model, found)
          freeBatch(model)
        } catch (error) {
          if (!(error instanceof NpluskError)) throw error
          expect(error.code).toBe('BAD_MODEL')
        }
        expect(processorTime() - start).toBeLessThan(10)
      }
    },
  )
})
