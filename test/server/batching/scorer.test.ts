import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { openClassifier, type OpenClassifier } from '../../../src/classifier/open-classifier.js'
import { createRandom } from '../../../src/math/random.js'
import { tensorNames } from '../../../src/backbone/tensor-names.js'
import { PictureDecoder } from '../../../src/server/batching/picture-decoder.js'
import { Places } from '../../../src/server/batching/places.js'
import { Scorer } from '../../../src/server/batching/scorer.js'
import { Problem } from '../../../src/server/problems.js'
import { encoder, paint } from '../../image/pictures.js'
import { side } from '../../support/tiny-classifier-file.js'
import { tinyPlace } from '../../training/tiny-extension.js'
import { holdRuns, type HeldSession } from './held-session.js'

let folder: string
let classifier: OpenClassifier
let session: HeldSession
let lengths: number[]
let stages: [string, number][]
let batches: number[]
const { signal } = new AbortController()

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  const place = tinyPlace(folder)
  await place.add({ add: [await place.draw('colours', { red: 5, green: 5 })], rehearsal: 'none' })
  classifier = await openClassifier({ model: place.path('bundle'), device: 'cpu', givesFeatures: true })
})
afterAll(async () => {
  await classifier.session.close()
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(() => {
  session = holdRuns(classifier.session)
  lengths = []
  stages = []
  batches = []
})
afterEach(() => expect(lengths.at(-1)).toBe(0))

function scorerOf(total: number, of: OpenClassifier = { ...classifier, session }): Scorer {
  const hooks = {
    onStage: (stage: string, seconds: number) => void stages.push([stage, seconds]),
    onQueueLength: (images: number) => void lengths.push(images),
    onBatch: (images: number) => void batches.push(images),
  }
  const places = new Places(total, hooks.onQueueLength)
  return new Scorer(of, { places, decoder: new PictureDecoder(1e6), batchSize: 4, waitMs: 1, hooks })
}

function noise(seed: string): Uint8Array {
  const random = createRandom(seed)
  return paint(side, side, () => [random.integer(256), random.integer(256), random.integer(256)]).data
}
const pngOf = (data: Uint8Array) => encoder({ data, width: side, height: side }).png().toBuffer()

/** What the session itself says of an image alone. */
async function alone(data: Uint8Array) {
  const names = [tensorNames.logits, tensorNames.probabilities, tensorNames.features]
  const answer = await classifier.session.run({ [tensorNames.image]: { dims: [1, side, side, 3], data } }, names)
  return Object.fromEntries(names.map((name) => [name, [...(answer[name]!.data as Float32Array)]]))
}

const numbers = (scores: object) =>
  Object.fromEntries(Object.entries(scores).map(([key, value]) => [key, [...(value as Float32Array)]]))
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('Scorer', () => {
  test('every image gets the answer that it gets alone, as a picture or as pixels', async () => {
    const scorer = scorerOf(100, classifier)
    const images = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(noise)
    const pictures = await Promise.all(images.map(pngOf))
    const answers = await Promise.all([
      ...pictures.map((picture) => scorer.score(picture, { signal })),
      ...images.map((image) => scorer.scorePixels(image, { signal })),
    ])
    for (const [i, answer] of answers.entries()) {
      const expected = await alone(images[i % images.length]!)
      for (const [name, values] of Object.entries(numbers(answer))) {
        values.forEach((value, n) => expect(value).toBeCloseTo(expected[name]![n]!, 4))
      }
    }
    expect(Math.max(...lengths)).toBe(14)
    expect(batches.reduce((sum, images) => sum + images)).toBe(14)
    const counts = ['decode', 'queue', 'inference'].map((stage) => stages.filter(([name]) => name === stage).length)
    expect(counts).toEqual([7, 14, batches.length])
    expect(stages.every(([, seconds]) => seconds >= 0 && seconds < 60)).toBe(true)
  })

  test('a full queue takes nothing more, and says when to try again', async () => {
    const scorer = scorerOf(2)
    const taken = [noise('a'), noise('b')].map((pixels) => scorer.scorePixels(pixels, { signal }))
    await expect(scorer.scorePixels(noise('c'), { signal })).rejects.toMatchObject({
      type: 'overloaded',
      retryAfter: 1,
    })
    await session.release()
    await Promise.all(taken)
    const later = scorer.scorePixels(noise('c'), { signal })
    await session.release()
    await later
  })

  test('an image whose time is over, or whose client has gone, gives up its place at once', async () => {
    const scorer = scorerOf(1)
    const late = new AbortController()
    const running = scorer.scorePixels(noise('a'), { signal: late.signal })
    await turn()
    late.abort(new Problem('deadline-exceeded', 'The answer was not ready in time.'))
    await expect(running).rejects.toMatchObject({ type: 'deadline-exceeded' })
    expect(lengths).toEqual([1, 0])
    await expect(scorer.scorePixels(noise('a'), { signal: late.signal })).rejects.toMatchObject({
      type: 'deadline-exceeded',
    })
    // The batch is still in the session; the place is free nevertheless.
    const next = scorer.scorePixels(noise('b'), { signal })
    await session.release()
    await session.release()
    await next
  })

  test('no more images are decoded ahead than two batches take', async () => {
    const scorer = scorerOf(100, classifier)
    const picture = await pngOf(noise('a'))
    await Promise.all(Array.from({ length: 40 }, () => scorer.score(picture, { signal })))
    let waiting = 0
    let most = 0
    for (const [stage] of stages) {
      if (stage === 'decode') most = Math.max(most, ++waiting)
      if (stage === 'queue') waiting--
    }
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThanOrEqual(8)
  })

  test('pixels of another size are refused', async () => {
    const scorer = scorerOf(1, classifier)
    await expect(scorer.scorePixels(new Uint8Array(5), { signal })).rejects.toMatchObject({ type: 'bad-request' })
    await scorer.scorePixels(noise('a'), { signal })
  })

  test('scores that are no finite numbers are a problem', async () => {
    const broken: OpenClassifier = {
      ...classifier,
      session: {
        ...session,
        async run(inputs, outputs) {
          const answers = await classifier.session.run(inputs, outputs)
          ;(answers[tensorNames.logits]!.data as Float32Array)[3] = NaN
          return answers
        },
      },
    }
    await expect(scorerOf(1, broken).scorePixels(noise('a'), { signal })).rejects.toMatchObject({
      type: 'internal',
      message: expect.stringContaining('no finite numbers'),
    })
  })
})
