import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InputOptions } from '../../src/backbone/hints.js'
import { sentenceOf } from '../../src/cli/remedies.js'
import { fileBackbone } from '../../src/classifier/file-backbone.js'
import type { NpluskError } from '../../src/core/errors.js'
import { setMetadata } from '../../src/onnx/build.js'
import { encodeModel } from '../../src/onnx/model.js'
import { GraphBuilder } from '../support/tiny-models/builder.js'
import { headModel } from '../support/tiny-models/heads.js'

let folder: string
let file: string

const names = ['ant', 'bee', 'cat', 'dog', 'eel', 'fox', 'gnu']
const tiny = () => headModel('Gemm without bias').model
const put = (name: string, content: object | string) =>
  writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
const open = (input?: InputOptions) => fileBackbone(file, input ? { input } : {})

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nplusk-'))
  file = join(folder, 'net.onnx')
  await writeFile(file, encodeModel(tiny()))
})

afterEach(() => rm(folder, { recursive: true }))

describe('where nobody says anything', () => {
  test('classes have numbers, the crop is the usual one, and the conventions are tried on drawings: a guess; a small input takes the whole picture', async () => {
    const { backbone, found, change } = await open()
    expect(backbone).toMatchObject({ name: 'net.onnx', dim: 8 + 12 })
    expect(backbone.classes.map(({ label }) => label)).toEqual(names.map((_, i) => `class ${i}`))
    expect(found.preprocess).toEqual({
      width: 8,
      height: 8,
      resize: 'squash',
      cropFraction: 1,
      interpolation: 'bilinear',
    })
    expect(found).toMatchObject({ source: 'trial', sizeSource: 'usual', isSure: false })
    expect(found.trial).toMatchObject({ photographs: 0, drawings: 14 })
    // Seven usual ones, and for a small input those of CIFAR-10.
    expect(found.trial!.scores).toHaveLength(9)
    expect(change).toBe(0)
  })

  test('the node of the head may be called as the result of another', async () => {
    const model = tiny()
    const [first] = model.graph.node
    first!.name = 'first'
    model.graph.node.find(({ opType }) => opType === 'Gemm')!.name = first!.output[0]!
    await writeFile(file, encodeModel(model))
    expect((await open()).backbone.classes).toHaveLength(names.length)
  })

  test('the same file gives the same graph', async () => {
    expect((await open()).backbone.graphHash).toBe((await open()).backbone.graphHash)
  })
})

describe('what lies beside the file is taken', () => {
  test('in the Hugging Face layout, the model in a folder onnx', async () => {
    await put('preprocessor_config.json', {
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.5, 0.5, 0.5],
      size: 8,
      resample: 3,
    })
    await put('config.json', { id2label: Object.fromEntries(names.entries()) })
    await mkdir(join(folder, 'onnx'))
    file = join(folder, 'onnx', 'model.onnx')
    await writeFile(file, encodeModel(tiny()))
    const { backbone, found, source } = await open()
    expect(backbone.classes.map(({ label }) => label)).toEqual(names)
    expect(source.named.source).toBe('config.json')
    expect(found).toMatchObject({
      convention: '-1..1',
      source: 'preprocessor_config.json',
      sizeSource: 'preprocessor_config.json',
      isSure: true,
      preprocess: { resize: 'squash', cropFraction: 1, interpolation: 'bicubic' },
    })
    expect(found.trial).toBeUndefined()
  })

  test('a list of names, but only one of the right length', async () => {
    await put('labels.txt', 'too\nfew')
    await put('net.txt', names.join('\n'))
    expect((await open()).source.named).toMatchObject({ source: 'net.txt', classes: names.map((label) => ({ label })) })
  })

  test('metadata: names, and the pixel format of Windows ML', async () => {
    const model = tiny()
    setMetadata(model, 'names', `{${names.map((name, i) => `${i}: '${name}'`).join(', ')}}`)
    setMetadata(model, 'Image.BitmapPixelFormat', 'Bgr8')
    setMetadata(model, 'Image.NominalPixelRange', 'NominalRange_0_255')
    await writeFile(file, encodeModel(model))
    const { found, source } = await open()
    expect(source.named).toMatchObject({ source: 'metadata', classes: names.map((label) => ({ label })) })
    expect(found).toMatchObject({ convention: '0..255, BGR', source: 'metadata' })
  })

  test('JSON that is damaged is named', async () => {
    await put('config.json', '{')
    await expect(open()).rejects.toThrow(`${join(folder, 'config.json')} is not valid JSON; mend or remove it.`)
  })
})

describe('options', () => {
  test('go before what lies beside the file, whose mean follows the order of the channels', async () => {
    await put('preprocessor_config.json', { image_mean: [0.1, 0.2, 0.3], image_std: [0.4, 0.5, 0.6], size: 8 })
    const { found } = await open({ channels: 'BGR', crop: 0.5, interpolation: 'lanczos' })
    expect(found.normalisation).toEqual({ channels: 'BGR', scale: 1, mean: [0.3, 0.2, 0.1], std: [0.6, 0.5, 0.4] })
    expect(found.preprocess).toMatchObject({ resize: 'shorter', cropFraction: 0.5, interpolation: 'lanczos' })
    expect(found).toMatchObject({ source: 'preprocessor_config.json', sizeSource: 'options' })
  })

  test('of means above 1 are in 0..255; what is left open is tried', async () => {
    const said = await open({ mean: [104, 117, 123], channels: 'BGR' })
    expect(said.found).toMatchObject({ convention: 'Caffe, BGR minus mean', source: 'options', isSure: true })
    const open_ = await open({ mean: [104, 117, 123] })
    expect(open_.found.trial!.scores.map(({ name }) => name).sort()).toEqual([
      'Caffe, BGR minus mean',
      'mean 104, 117, 123, std 1, 1, 1, RGB',
    ])
    const bgr = await open({ channels: 'BGR' })
    expect(bgr.found.normalisation!.channels).toBe('BGR')
  })

  test.each<[InputOptions, RegExp]>([
    [{ mean: [1, 2] }, /^mean must be one number or three from 0 to 255, not 1,2\.$/],
    [{ std: [0, 1, 1] }, /^std must be one number or three above 0/],
    [{ crop: 1.5 }, /^crop must be 'squash' or a fraction above 0 and at most 1, not 1\.5\.$/],
    [{ size: { width: 0, height: 5 } }, /^size must be whole numbers/],
    [{ size: { width: 9, height: 8 } }, /^The model takes images of width 8, not 9; leave --size out\.$/],
    [{ head: 'nowhere' }, /^The model has no node nowhere/],
    [{ bottleneck: 'nowhere' }, /^The model has no tensor nowhere/],
    [{ layout: 'NHWC' }, /channels; only classifiers of colour images, with 3, or of grey ones, with 1/],
  ])('%j is refused', async (input, message) => {
    const error = await open(input).then(
      () => undefined,
      (error: unknown) => error as NpluskError,
    )
    expect(sentenceOf(error!)).toMatch(message)
  })
})

test('a free size is 224, or what is said', async () => {
  const g = new GraphBuilder(13)
  const features = g.op('Flatten', [g.op('GlobalAveragePool', [g.convRelu('x', 3, 12, 3)])], { axis: 1 })
  const model = g.model(['N', 3, 'h', 'w'], [[g.gemm(features, 12, 4), ['N', 4]]])
  await writeFile(file, encodeModel(model))
  expect((await open()).found.preprocess).toMatchObject({ width: 224, height: 224 })
  expect((await open({ size: { width: 40, height: 30 } })).found.preprocess).toMatchObject({ width: 40, height: 30 })
})

test('a file that is missing, a folder, no ONNX, or a bundle’s model', async () => {
  await expect(fileBackbone(join(folder, 'no.onnx'), {})).rejects.toThrow(
    /^There is no file .*no\.onnx; check the path/,
  )
  await expect(fileBackbone(folder, {})).rejects.toThrow(/is a folder; give an ONNX file/)
  await writeFile(file, 'hello')
  await expect(open()).rejects.toThrow(/is not a readable ONNX file/)
  const model = tiny()
  setMetadata(model, 'nplusk.format', '1')
  await writeFile(file, encodeModel(model))
  await expect(open()).rejects.toThrow(/is the model of a bundle; give the bundle's folder instead/)
  setMetadata(model, 'nplusk.input', '{}')
  await writeFile(file, encodeModel(model))
  await expect(open()).rejects.toThrow(/was exported from a bundle, and cannot be extended; give the folder of that/)
})
