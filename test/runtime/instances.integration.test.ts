import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { baseClassifier } from '../../src/classifier/base-classifier.js'
import { listImages } from '../../src/folders/folder.js'
import { decodeViews } from '../../src/image/decode.js'
import { plainView } from '../../src/image/types.js'
import { runViews } from '../../src/runtime/run-views.js'
import { openSession } from '../../src/runtime/session.js'

const photographs = '../shared/data/imagenet-1-per-class'
const models = ['densenet121_keras_fp32', 'mobilenet_v2_torchvision']

const present = existsSync(photographs) ? test : test.skip

present.each(['inception-v3', ...models.map((name) => join('../shared/models', `${name}.onnx`))])(
  '%s gives the same bits by one thread and two, in batches of one and eight photographs',
  async (model) => {
    const { backbone } = await baseClassifier({ model, device: 'cpu' })
    const files = (await listImages(photographs)).slice(0, 8)
    const views = await Promise.all(
      files.map(async (file) => (await decodeViews(file, backbone.preprocess, [plainView]))[0]!),
    )
    const answers = []
    for (const threads of [1, 2]) {
      await using session = await openSession(backbone.graph, 'cpu', { threads })
      const { preprocess } = backbone
      const graph = { session, preprocess, input: 'image', outputs: ['features', 'base_logits'] }
      const sizes = [1, 8].map((count) => runViews(graph, views.slice(0, count)))
      answers.push(await Promise.all(sizes))
    }
    expect(answers[1]).toEqual(answers[0])
    // Not merely the same everywhere.
    expect(answers[0]![1]![0]).not.toEqual(answers[0]![1]![1])
  },
)
