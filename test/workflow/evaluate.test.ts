import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { evaluationFigures } from '../../src/evaluation/evaluation-figures.js'
import { loadClassifier } from '../../src/workflow/classifier.js'
import { evaluate } from '../../src/workflow/evaluate.js'
import { input, tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

let folder: string
let place: TinyPlace

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
  await place.add({ add: [await place.draw('colours', { red: 8, green: 8 })], rehearsal: 'none' })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every picture that can be read has a record, of which the figures are functions', async () => {
  const colours = await place.draw('colours', { red: 3, green: 4 })
  writeFileSync(place.path('colours', 'red', 'broken.png'), 'no picture')
  const found = await evaluate({ model: place.path('bundle'), folder: colours, device: 'cpu', wrong: true })
  const { records, unreadable, wrong } = found
  expect(unreadable.map(({ file }) => basename(file))).toEqual(['broken.png'])
  expect(records).toHaveLength(7)
  for (const { file, truth, answers, error } of records) {
    expect(truth).toMatchObject({ label: basename(dirname(file)), increment: 'colours' })
    expect(answers).toHaveLength(5)
    expect(error === null).toBe(answers[0]!.index === truth.index)
  }
  const unranked = evaluationFigures(records)
  const ranks = { averagePrecision: expect.anything(), bestF1: expect.anything() }
  expect(found).toMatchObject({ ...unranked, perClass: unranked.perClass.map((one) => ({ ...one, ...ranks })) })
  expect(wrong).toHaveLength(records.filter(({ error }) => error !== null).length)
})

test('classes are ranked by their probability for every image, among the best five answers or not', async () => {
  const mixed = await place.draw('mixed', { red: 5, green: 5, 'class 0': 4, 'class 3': 6 })
  const { perClass, records } = await evaluate({ model: place.path('bundle'), folder: mixed, device: 'cpu' })
  const classifier = await loadClassifier({ model: place.path('bundle'), device: 'cpu' })
  const probabilities = new Map<string, ReadonlyMap<string, number>>()
  try {
    const files = records.map(({ file }) => file)
    for await (const result of classifier.classify(files, { top: 12 })) {
      if ('error' in result) throw new Error(result.error)
      probabilities.set(result.file, new Map(result.predictions.map(({ label, probability }) => [label, probability])))
    }
  } finally {
    await classifier.close()
  }
  expect(perClass.map(({ label }) => label)).toEqual(['class 0', 'class 3', 'green', 'red'])
  for (const { label, averagePrecision } of perClass) {
    const scored = records.map(({ file, truth }) => ({
      score: probabilities.get(file)!.get(label)!,
      shows: truth.label === label,
    }))
    const own = scored.filter(({ shows }) => shows)
    const precisions = own.map(({ score }) => {
      const above = scored.filter((one) => one.score >= score)
      return above.filter(({ shows }) => shows).length / above.length
    })
    expect(averagePrecision).toBeCloseTo(precisions.reduce((sum, one) => sum + one) / own.length, 9)
  }
  for (const { file, truth, truthProbability } of records)
    expect(truthProbability).toBe(probabilities.get(file)!.get(truth.label))
})

test('a folder that names no class is refused, or left out where that was asked for', async () => {
  const other = await place.draw('other', { red: 2, zebra: 3 })
  const options = { model: place.path('bundle'), folder: other, device: 'cpu' } as const
  await expect(evaluate(options)).rejects.toThrow(/"zebra" names no class/)
  expect(await evaluate({ ...options, skipUnknown: true })).toMatchObject({
    count: 2,
    skipped: [{ folder: 'zebra', images: 3 }],
  })
})

test('a model that nothing was added to has no answer among added classes', async () => {
  const old = await place.draw('old', { 'class 0': 2 })
  const {
    records,
    new: added,
    miss,
  } = await evaluate({ model: place.model, input, cacheDir: place.cacheDir, folder: old, device: 'cpu' })
  expect(records.map(({ addedAnswer }) => addedAnswer)).toEqual([null, null])
  expect({ added, miss }).toEqual({ added: null, miss: null })
})
