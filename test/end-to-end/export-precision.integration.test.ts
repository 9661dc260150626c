import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { loadImage } from '../../src/image/decode.js'
import { argMax } from '../../src/math/softmax.js'
import { findKnownModel } from '../../src/catalog/known.js'
import { decodeModel } from '../../src/onnx/model.js'
import { isQuantised } from '../../src/precision/dequantise.js'
import { openSession } from '../../src/runtime/session.js'
import { fixtures, openWorkplace, type Workplace } from './workplace.js'

let place: Workplace

beforeAll(async () => {
  place = openWorkplace()
  const flowers = place.flowers('flowers', { poppy: 5, snowdrop: 5 })
  await place.json(['--add', flowers, '--model', 'inception-v3', '--augment', '0', '--out', place.path('bundle')])
})
afterAll(() => place.remove())

test('a bundle exported in another precision gives the same answers by floats', async () => {
  const { preprocess } = findKnownModel('inception-v3')
  const files = ['objects/banana.jpg', 'objects/umbrella.jpg', 'flowers-test/poppy/01.jpg']
  const images = await Promise.all(files.map((file) => loadImage(join(fixtures, file), preprocess)))
  const expected = await answersOf(place.path('bundle', 'model.onnx'), images)
  expect(new Set(expected).size).toBe(3)
  for (const precision of ['float16', 'float32']) {
    const out = place.path(`${precision}.onnx`)
    const model = ['--model', place.path('bundle'), '--out', out]
    await place.json(['export', '--format', 'onnx', '--precision', precision, ...model])
    expect(isQuantised(decodeModel(readFileSync(out)))).toBe(false)
    expect(await answersOf(out, images)).toEqual(expected)
  }
})

async function answersOf(file: string, images: readonly Uint8Array[]): Promise<number[]> {
  const session = await openSession(file)
  try {
    const answers: number[] = []
    for (const data of images) {
      const { logits } = await session.run({ image: { dims: [1, 299, 299, 3], data } }, ['logits'])
      answers.push(argMax(logits!.data as Float32Array))
    }
    return answers
  } finally {
    await session.close()
  }
}
