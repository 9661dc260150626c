import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp = require('sharp')
import { listImages } from '../../src/folders/folder.js'
import { fileBackbone } from '../../src/classifier/file-backbone.js'
import type { Samples } from '../../src/preprocessing/trial-images.js'
import { encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { floatTensor } from '../../src/onnx/tensor.js'
import { GraphBuilder } from '../support/tiny-models/builder.js'
import { movedOut } from '../support/tiny-models/external.js'

let folder: string
let file: string
let pins: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nplusk-'))
  file = join(folder, 'net.onnx')
  pins = join(folder, 'inputs')
})
afterEach(() => rm(folder, { recursive: true }))

/** A network of so many classes; `scores` is what comes out where there is one of them. */
function net(classes: number, side = 32): LoadedModel {
  const g = new GraphBuilder(13, 3)
  const map = g.convRelu(g.maxPool(g.convRelu('x', 3, 16, 5)), 16, 24, 3)
  const scores = g.gemm(g.op('Flatten', [g.op('GlobalAveragePool', [map])], { axis: 1 }), 24, classes)
  return g.model(['N', 3, side, side], [[scores, ['N', classes]]])
}

/** The same after a batch normalisation of pixels in 0..255, with which MXNet's networks begin. */
function normalised(): LoadedModel {
  const model = net(4)
  for (const made of model.graph.node) made.input = made.input.map((name) => (name === 'x' ? 'seen' : name))
  const g = new GraphBuilder(13)
  const stored = { scale: [1, 1, 1], bias: [0, 0, 0], mean: [120, 115, 100], variance: [4900, 4800, 5100] }
  for (const [name, values] of Object.entries(stored)) model.graph.initializer.push(floatTensor(name, [3], values))
  g.op('BatchNormalization', ['x', ...Object.keys(stored)])
  const [layer] = g.nodes
  layer!.output = ['seen']
  model.graph.node.unshift(layer!)
  return model
}

const open = (options: { pins?: string; samples?: Samples; onProgress?: (event: { type: string }) => void } = {}) =>
  fileBackbone(file, { pins, ...options })

describe('of few classes the trial claims no more than pictures can tell', () => {
  test.each([2, 3, 5])('%d', async (classes) => {
    await writeFile(file, encodeModel(net(classes)))
    const { found } = await open()
    expect(found).toMatchObject({ source: 'trial', isSure: false })
    // A few dozen images never support hundreds of standard errors.
    if (Number.isFinite(found.trial!.margin)) expect(found.trial!.margin).toBeLessThanOrEqual(10)
  })

  test('nor is it sure on old pictures, whose right answers nobody knows: clear answers may be wrong', async () => {
    await writeFile(file, encodeModel(net(2)))
    const old = await listImages('fixtures/flowers')
    const { found } = await open({ samples: { old, added: [] } })
    expect(found.trial).toMatchObject({ drawings: 0, labelled: 0 })
    expect(found.isSure).toBe(false)
  })
})

test('what batch normalisation stored tells the range of the pixels', async () => {
  await writeFile(file, encodeModel(normalised()))
  const old = await listImages('fixtures/flowers')
  const { found } = await open({ samples: { old, added: [] } })
  expect(found.trial).toMatchObject({ statistics: true })
  expect(found.normalisation!.scale).toBe(255)
  expect(found.normalisation!.mean).toEqual([0, 0, 0])
  const possible = found.trial!.scores.filter(({ ruledOut }) => !ruledOut).map(({ name }) => name)
  expect(possible.sort()).toEqual(['0..255', '0..255, BGR'])
})

describe('what was found is kept by the model’s hash', () => {
  const kept = async () => {
    const [name] = await readdir(pins)
    return join(pins, name!)
  }

  test('and taken again, whatever the pictures', async () => {
    await writeFile(file, encodeModel(net(4)))
    const first = await open()
    const second = await open({ samples: { old: [], added: await listImages('fixtures/flowers') } })
    expect(second.found).toEqual(first.found)
    expect(second.backbone.graphHash).toBe(first.backbone.graphHash)
    expect(await readdir(pins)).toHaveLength(1)
    // Another model, or other options, has a result of its own.
    await fileBackbone(file, { pins, input: { channels: 'BGR' } })
    expect(await readdir(pins)).toHaveLength(2)
  })

  test('unless nothing can be kept, as in a cache that is read-only', async () => {
    await writeFile(file, encodeModel(net(4)))
    await writeFile(join(folder, 'a file'), '')
    const { found } = await open({ pins: join(folder, 'a file', 'inputs') })
    expect(found).toEqual((await open()).found)
  })

  test('and that of its weights, where they lie beside it', async () => {
    const { model, data } = movedOut(net(4), 'net.onnx.data')
    const write = () => writeFile(join(folder, 'net.onnx.data'), data)
    await writeFile(file, encodeModel(model))
    await write()
    await open()
    await open()
    expect(await readdir(pins)).toHaveLength(1)
    // The least change of a weight.
    data[0]! ^= 1
    await write()
    await open()
    expect(await readdir(pins)).toHaveLength(2)
  })

  test('a file that is damaged, or that somebody changed, is found out again', async () => {
    await writeFile(file, encodeModel(net(4)))
    const { found } = await open()
    const path = await kept()
    const text = await readFile(path, 'utf8')
    for (const bad of ['', '{"trial": 1}', text.replaceAll('"photographs":0', '"photographs":99')]) {
      await writeFile(path, bad)
      expect((await open()).found).toEqual(found)
      expect(await readFile(path, 'utf8')).toBe(text)
    }
  })

  test('a guess yields to a sure finding on old pictures, with a warning where it differs', async () => {
    // A model that tells red from blue, on bytes in BGR order.
    const g = new GraphBuilder(13)
    const weights = [-0.01, 0, 0.01, 0.01, 0, -0.01]
    const features = g.op('Flatten', [g.op('GlobalAveragePool', [g.op('Conv', ['x', identity(g)])])], { axis: 1 })
    const scores = g.op('Gemm', [features, g.floats([2, 3], weights), g.floats([2], [0, 0])], { transB: 1 })
    await writeFile(file, encodeModel(g.model(['N', 3, 32, 32], [[scores, ['N', 2]]])))
    await writeFile(join(folder, 'labels.txt'), 'red\nblue')
    const old = await painted()

    const guess = await open()
    expect(guess.found.isSure).toBe(false)
    const events: { type: string; code?: string }[] = []
    const { found } = await open({ samples: { old, added: [] }, onProgress: (event) => events.push(event) })
    expect(found).toMatchObject({ isSure: true, normalisation: { channels: 'BGR', scale: 255 } })
    expect(found.trial).toMatchObject({ photographs: 24, labelled: 24 })
    const hasChanged = found.convention !== guess.found.convention
    expect(events.some(({ code }) => code === 'PREPROCESSING_CHANGED')).toBe(hasChanged)
    expect((await open()).found).toEqual(found)
    expect((await open({ samples: { old: await listImages('fixtures/flowers'), added: [] } })).found).toEqual(found)
  })

  /** An identity convolution. */
  function identity(g: GraphBuilder): string {
    return g.floats([3, 3, 1, 1], [1, 0, 0, 0, 1, 0, 0, 0, 1])
  }

  /** Images in twelve shades of red and of blue, in folders of these names. */
  async function painted(): Promise<string[]> {
    const files: string[] = []
    for (const colour of ['red', 'blue']) {
      await mkdir(join(folder, 'old', colour), { recursive: true })
      for (let shade = 0; shade < 12; shade++) {
        const [strong, weak] = [255 - 9 * shade, 60 + 4 * shade]
        const background = colour === 'red' ? { r: strong, g: 90, b: weak } : { r: weak, g: 90, b: strong }
        files.push(join(folder, 'old', colour, `${shade}.png`))
        await sharp({ create: { width: 32, height: 32, channels: 3, background } })
          .png()
          .toFile(files.at(-1)!)
      }
    }
    return files
  }
})

test('new pictures are asked only where all else is silent', async () => {
  await writeFile(file, encodeModel(net(4)))
  const { found } = await open({ samples: { old: [], added: await listImages('fixtures/flowers') } })
  expect(found.trial).toMatchObject({ photographs: 0, added: 0, drawings: 14 })
})

describe('class names', () => {
  const names = ['ant', 'bee', 'cat', 'dog']
  const write = (name: string, content: string) => writeFile(join(folder, name), content)

  test.each([
    ['labels.json', JSON.stringify(names)],
    ['labels.txt', names.join('\n')],
    ['synset.txt', names.join('\n')],
    ['classes.txt', names.join('\r\n')],
    ['imagenet_classes.txt', names.join('\n')],
    ['class_indices.json', JSON.stringify(Object.fromEntries(names.map((name, i) => [name, i])))],
    ['net.labels.json', JSON.stringify({ id2label: { ...names } })],
  ])('in %s beside the model are read', async (name, content) => {
    await writeFile(file, encodeModel(net(4)))
    await write(name, content)
    const { source } = await open()
    expect(source.named).toMatchObject({ source: name, classes: names.map((label) => ({ label })) })
  })

  test('in a file of --labels come before them; one that does not fit is refused', async () => {
    await writeFile(file, encodeModel(net(4)))
    await write('labels.txt', 'a\nb\nc\nd')
    await write('mine.txt', names.join('\n'))
    const labels = join(folder, 'mine.txt')
    const { source } = await fileBackbone(file, { input: { labels } })
    expect(source.named.classes.map(({ label }) => label)).toEqual(names)
    await write('mine.txt', 'a\nb\nc')
    await expect(fileBackbone(file, { input: { labels } })).rejects.toThrow(
      `${labels} holds 3 class names, and the model has 4 outputs; give one name for each.`,
    )
    await write('mine.txt', '')
    await expect(fileBackbone(file, { input: { labels } })).rejects.toThrow(/holds no class names/)
    await expect(fileBackbone(file, { input: { labels: join(folder, 'none') } })).rejects.toThrow(/There is no file/)
  })

  test('beside the model that do not fit are told of', async () => {
    await writeFile(file, encodeModel(net(4)))
    await write('labels.txt', 'a\nb')
    expect((await open()).source).toMatchObject({
      named: { source: 'none' },
      unfit: [{ source: 'labels.txt', count: 2 }],
    })
  })
})
