import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readBundle } from '../../src/bundle/bundle.js'
import type { ProgressEvent } from '../../src/core/progress.js'
import { loadClassifier, type Classifier } from '../../src/workflow/classifier.js'
import { removeClasses } from '../../src/workflow/remove.js'
import { renameClass } from '../../src/workflow/rename.js'
import { tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

let folder: string
let place: TinyPlace
let files: string[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
  await place.add({
    add: [await place.draw('colours', { red: 8, green: 8 })],
    rehearsal: await place.draw('old', { any: 9 }),
  })
  const seen = ['red', 'green'].map((label) => place.path('colours', label, '0.png'))
  files = [...seen, place.path('old', 'any', '0.png')]
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function answersOf(model: string, options: Parameters<Classifier['classify']>[1]) {
  const classifier = await loadClassifier({ model, device: 'cpu' })
  try {
    const answers = []
    for await (const result of classifier.classify(files, options)) {
      if ('error' in result) throw new Error(result.error)
      answers.push(result)
    }
    return answers
  } finally {
    await classifier.close()
  }
}

test('an answer below the threshold of its class is unsure; of a class without one nothing is said', async () => {
  const plain = await answersOf(place.path('bundle'), {})
  expect(plain.every((one) => !('rejected' in one) && !one.predictions.some((answer) => 'unsure' in answer))).toBe(true)
  const probability = plain[0]!.predictions[0]!.probability
  const unsureAt = async (red: number) => {
    const answers = await answersOf(place.path('bundle'), { thresholds: { red } })
    expect(answers).toMatchObject(plain)
    for (const { label, probability, unsure } of answers.flatMap(({ predictions }) => predictions)) {
      expect({ label, unsure }).toEqual({ label, unsure: label === 'red' ? probability < red : undefined })
    }
    return answers[0]!.predictions[0]!.unsure
  }
  expect(plain[0]!.predictions[0]!.label).toBe('red')
  expect(await unsureAt(probability)).toBe(false)
  expect(await unsureAt(Math.min(1, probability + 1e-6))).toBe(true)
})

test('rejected and unsure are told apart, and each only where it was asked for', async () => {
  const both = await answersOf(place.path('bundle'), { thresholds: { red: 1 }, reject: 0 })
  expect(both.map(({ rejected }) => typeof rejected)).toEqual(files.map(() => 'boolean'))
  const red = both[0]!.predictions[0]!
  expect(red).toMatchObject({ label: 'red', unsure: red.probability < 1 })
})

test("the bundle's own are those of its held-out figures; they go with a class, and come again with the next fit", async () => {
  const model = place.path('bundle')
  const thresholdsIn = async () =>
    Object.fromEntries(
      (await readBundle(model)).manifest.training.heldOut!.perClass.map(({ label, threshold }) => [label, threshold]),
    )
  const own = await thresholdsIn()
  expect(Object.keys(own)).toEqual(['green', 'red'])
  const named = await answersOf(model, { thresholds: own as Record<string, number> })
  expect(await answersOf(model, { thresholds: 'best-f1' })).toEqual(named)

  const options = { model, input: {}, out: model }
  await place.add({ ...options, add: [await place.draw('sky', { blue: 6 })], freezeAdded: true })
  const events: ProgressEvent[] = []
  await answersOf(model, { thresholds: 'best-f1', onProgress: (event) => events.push(event) })
  expect(events).toMatchObject([
    { type: 'warning', code: 'NO_THRESHOLD', message: expect.stringContaining('"green" and "red"') },
  ])

  await removeClasses({ model, name: 'sky', device: 'cpu' })
  expect(await thresholdsIn()).toEqual(own)
})

test('a class that grows or is renamed has one threshold, and one that is merged into an old class has none', async () => {
  const model = place.path('bundle')
  const more = await place.draw('more', { red: 5, 'class 3': 5 })
  await place.add({ model, input: {}, out: model, add: [more], overlap: 'merge' })
  await renameClass({ model, name: 'green', to: 'lime' })
  const events: ProgressEvent[] = []
  const onProgress = (event: ProgressEvent) => events.push(event)
  const answers = await answersOf(model, { thresholds: 'best-f1', top: 12, onProgress })
  expect(events).toEqual([])
  const marked = answers[0]!.predictions.filter(({ unsure }) => unsure !== undefined)
  expect(marked.map(({ label }) => label).sort()).toEqual(['lime', 'red'])
  expect(answers[0]!.predictions.map(({ label }) => label)).toContain('class 3')
})

test('a base model has none', async () => {
  const classifier = await loadClassifier({
    model: place.model,
    input: { mean: [0, 0, 0], std: [1, 1, 1] },
    device: 'cpu',
    cacheDir: place.cacheDir,
  })
  try {
    await expect(classifier.classify(files, { thresholds: 'best-f1' }).next()).rejects.toThrow(/has no thresholds/)
  } finally {
    await classifier.close()
  }
})
