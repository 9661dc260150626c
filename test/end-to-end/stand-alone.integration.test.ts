import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { modelFile } from '../../src/bundle/layout.js'
import { checkPreprocess } from '../../src/image/types.js'
import { listImages } from '../../src/folders/folder.js'
import { loadImage } from '../../src/image/decode.js'
import { knownModelFile } from '../../src/catalog/fetch-model.js'
import { findKnownModel } from '../../src/catalog/known.js'
import { getMetadata } from '../../src/onnx/build.js'
import { decodeModel } from '../../src/onnx/model.js'
import { openSession, type Session } from '../../src/runtime/session.js'
import { fixtures, openWorkplace, type Workplace } from './workplace.js'

const script = fileURLToPath(new URL('./classify-alone.js', import.meta.url))

let place: Workplace
let file: string
let metadata: (key: string) => string

beforeAll(async () => {
  place = openWorkplace()
  await place.json(['--add', place.flowers('flowers', { poppy: 6, snowdrop: 6 })])
  file = place.path('extended', modelFile)
  const model = decodeModel(readFileSync(file), file)
  metadata = (key) => getMetadata(model, key) ?? ''
})

afterAll(() => place.remove())

describe('model.onnx in a program of its own', () => {
  test('the program imports nothing of this project', () => {
    const imports = [...readFileSync(script, 'utf8').matchAll(/from '(.*)'/g)].map(([, name]) => name)
    expect(imports).toEqual(['onnxruntime-node', 'sharp'])
  })

  test.each([
    ['objects/banana.jpg', 'banana', 'base'],
    ['flowers-test/poppy/02.jpg', 'poppy', 'flowers'],
  ])('%s is "%s"', async (image, label, increment) => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      script,
      file,
      metadata('nplusk.preprocess'),
      join(fixtures, image),
    ])
    const answer = JSON.parse(stdout) as Record<'inputs' | 'outputs' | 'logits', unknown> & {
      sum: number
      best: number
    }
    expect(answer.inputs).toEqual([
      expect.objectContaining({ name: 'image', type: 'uint8', shape: ['batch', 299, 299, 3] }),
    ])
    expect(answer.outputs).toEqual(
      ['logits', 'probabilities'].map((name) =>
        expect.objectContaining({ name, type: 'float32', shape: ['batch', 1002] }),
      ),
    )
    expect(answer.logits).toEqual({ type: 'float32', dims: [1, 1002] })
    expect(answer.sum).toBeCloseTo(1, 5)
    const labels = JSON.parse(metadata('nplusk.labels')) as unknown[]
    expect(labels[answer.best]).toMatchObject({ label, increment })
  })

  test('says what it is in metadata_props', () => {
    expect(metadata('nplusk.format')).toBe('1')
    const labels = JSON.parse(metadata('nplusk.labels')) as unknown[]
    expect(labels).toHaveLength(1002)
    expect(labels[0]).toEqual({ label: 'tench', increment: 'base', wnid: 'n01440764' })
    expect(labels[1001]).toEqual({ label: 'snowdrop', increment: 'flowers' })
    expect(checkPreprocess(JSON.parse(metadata('nplusk.preprocess')))).toMatchObject({ width: 299, height: 299 })
    expect(JSON.parse(metadata('nplusk.base'))).toEqual({
      name: 'inception-v3',
      sha256: createHash('sha256').update(readFileSync(baseFile())).digest('hex'),
    })
  })
})

/** The base model as it was downloaded and converted. */
function baseFile(): string {
  return knownModelFile(findKnownModel('inception-v3'), place.cacheDir)
}

const photographs = '../shared/data/imagenet-test'
const present = existsSync(photographs)

describe('the old logits', () => {
  ;(present ? test : test.skip)(
    `are those of the base model's own file on 100 photographs, bit for bit${present ? '' : ` (skipped: no ${photographs})`}`,
    async () => {
      const images = (await listImages(photographs)).filter((_, i) => i % 10 === 0)
      expect(images).toHaveLength(100)
      const preprocess = checkPreprocess(JSON.parse(metadata('nplusk.preprocess')))
      const [base, extended] = [await openSession(baseFile()), await openSession(file)]
      try {
        for (let start = 0; start < images.length; start += 10) {
          const batch = images.slice(start, start + 10)
          const pixels = Buffer.concat(await Promise.all(batch.map((image) => loadImage(image, preprocess))))
          const [before, after] = [await logitsOf(base, pixels), await logitsOf(extended, pixels)]
          batch.forEach((_, i) => {
            // The base file has 1001 columns, the first a background class.
            const old = before.slice(1001 * i + 1, 1001 * (i + 1))
            expect(after.slice(1002 * i, 1002 * i + 1000)).toEqual(old)
          })
        }
      } finally {
        await base.close()
        await extended.close()
      }
    },
  )
})

async function logitsOf(session: Session, pixels: Uint8Array): Promise<Float32Array> {
  const dims = [pixels.length / (299 * 299 * 3), 299, 299, 3]
  const { logits } = await session.run({ image: { dims, data: new Uint8Array(pixels) } }, ['logits'])
  return logits!.data as Float32Array
}
